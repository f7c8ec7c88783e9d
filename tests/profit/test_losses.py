"""Sales below cost, counted by hand: by depth of discount, by category and product, and by customer."""

import io
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ledgers import books_of, settings

from analysis.core.contracts.profit import DISCOUNT_DEPTHS, LOSS_SOURCES
from analysis.core.edition import Edition
from analysis.core.engine import DuckEngine
from analysis.core.windows import Window
from analysis.draw.page import Page
from analysis.profit import losses_page
from analysis.profit.losses import Losses, measure_losses

YEAR = Window(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-12-01"))
CLASSES = {"discount_classes": (0.1, 0.4), "deep_discount": 0.2}
LINES = """
    customer  day         kind    product category discount amount contribution
    a         2024-01-31  sale    p1      tools    0        100    40
    a         2024-02-01  sale    p1      tools    0.1      90     30
    a         2024-03-01  sale    p2      tools    0.25     75     -5
    b         2024-04-01  sale    p2      tools    0.4      60     -20
    b         2024-12-31  sale    p3      paint    0.8      20     -30
    b         2024-05-01  sale    p3      paint    -        50     -1
    c         2024-05-01  sale    -       -        0        10     2
    c         2024-05-01  sale    p1      tools    0.5      10     -
    c         2024-05-01  return  p3      paint    0.8      -20    -9
    c         2023-12-31  sale    p3      paint    0.8      20     -900
    c         2025-01-01  sale    p3      paint    0.8      20     -900
    walk-in   2024-06-01  sale    p3      paint    0.6      40     -4
"""


def lines_of(text):
    """Order lines as far as the SQL reads them; ``-`` is missing, money in the currency."""
    rows = pd.read_csv(io.StringIO(text.strip()), sep=r"\s+", na_values="-", dtype={"product": "str", "category": "str"})
    e4 = {name: (rows[name] * 10_000).round().astype("Int64") for name in ("discount", "amount", "contribution")}
    return pd.DataFrame(
        {
            "customer_id": rows["customer"], "customer_name": "Name of " + rows["customer"], "order_date": pd.to_datetime(rows["day"]).dt.date,
            "line_kind": rows["kind"], "product_id": rows["product"], "product_name": "Product " + rows["product"],
            "category": rows["category"], "is_pseudo_customer": rows["customer"] == "walk-in",
            **{f"{name}_e4": values for name, values in e4.items()},
        }
    )  # fmt: skip


@pytest.fixture
def losses_of(tmp_path, monkeypatch):
    """What the stage finds in these lines."""
    (tmp_path / "dvc.yaml").touch()
    monkeypatch.chdir(tmp_path)

    def measured(lines, window=YEAR, **changes):
        lines.to_parquet("lines.parquet")
        with DuckEngine(memory_limit_gb=1, threads=1) as engine:
            engine.view("order_lines", [tmp_path / "lines.parquet"])
            found = measure_losses(engine, window, settings(**CLASSES | changes))
        DISCOUNT_DEPTHS.check(found.depths)
        LOSS_SOURCES.check(found.sources)
        return found

    return measured


def test_sales_of_the_window_are_put_together_by_their_discount(losses_of):
    depths = losses_of(lines_of(LINES)).depths
    columns = ["from_discount", "lines", "loss_lines", "revenue", "contribution", "losses"]
    assert depths.fillna(-1)[columns].to_numpy().tolist() == [
        [0.0, 2, 0, 110, 42, 0], [0.1, 1, 0, 90, 30, 0], [0.2, 1, 1, 75, -5, 5], [0.4, 3, 3, 120, -54, 54], [-1, 1, 1, 50, -1, 1],
    ]  # fmt: skip


def test_a_discount_on_the_edge_of_two_classes_belongs_to_the_deeper_one(losses_of):
    depths = losses_of(lines_of(LINES), discount_classes=(0.1, 0.25, 0.4)).depths.set_index("from_discount")
    assert depths.loc[[0.1, 0.25], "lines"].tolist() == [1, 1]
    assert depths.loc[0.4, "lines"] == 3


def test_losses_are_told_by_category_product_and_customer(losses_of):
    found = losses_of(lines_of(LINES)).sources.set_index(["kind", "id"])
    assert found["losses"].to_dict() == {
        ("category", "paint"): 35, ("category", "tools"): 25, ("customer", "a"): 5, ("customer", "b"): 51,
        ("product", "p2"): 25, ("product", "p3"): 35,
    }  # fmt: skip
    assert found.loc[("category", "tools"), ["lines", "loss_lines", "revenue", "contribution"]].tolist() == [4, 2, 325, 45]
    assert found.loc[("customer", "b"), "deep_losses"] == 50, "the discount of one line is not known"
    assert found.loc[("product", "p2"), "name"] == "Product p2"


def test_classes_categories_and_named_customers_lose_the_same_where_all_is_known(losses_of):
    lines = lines_of(LINES).dropna(subset=["category"]).query("not is_pseudo_customer")
    found = losses_of(lines)
    sums = found.sources.groupby("kind")["losses"].sum()
    assert sums.nunique() == 1
    assert sums.iloc[0] == found.depths["losses"].sum() == 56


def test_the_order_of_the_lines_and_later_lines_change_nothing(losses_of):
    lines = lines_of(LINES)
    later = lines.assign(order_date=pd.Timestamp("2025-06-01").date())
    one, other = losses_of(lines), losses_of(pd.concat([later, lines[::-1]]))
    pd.testing.assert_frame_equal(one.depths, other.depths)
    pd.testing.assert_frame_equal(one.sources, other.sources)


def test_without_any_contribution_there_is_nothing_to_tell(losses_of):
    found = losses_of(lines_of(LINES).assign(contribution_e4=pd.array([None] * 12, dtype="Int64")))
    assert found.depths.empty
    page, books = Page("zh", "CNY", False), books_of("a 2024-01 100", "2024-12-31")
    assert [part(page, books, found) for part in (losses_page.discounts, losses_page.products, losses_page.customers)] == [None] * 3


def depths_of(*rows):
    """Rows of from, lines, loss lines, contribution, losses."""
    frame = pd.DataFrame(rows, columns=["from_discount", "lines", "loss_lines", "contribution", "losses"])
    return frame.assign(depth=range(len(frame)), to_discount=[*frame["from_discount"][1:], np.nan], revenue=1000.0)


@pytest.mark.parametrize(
    ("depths", "english", "chinese"),
    [
        (
            depths_of((0, 90, 0, 900, 0), (0.2, 9, 1, 10, 5), (0.4, 5, 5, -40, 40), (0.6, 5, 4, -60, 61), (np.nan, 1, 0, 7, 0)),
            "Lines sold at 40% off and more lose ¥100; all other lines come to ¥917",
            "让利40%及以上的销售合计亏损¥100，其余销售的毛利合计¥917",
        ),
        (
            depths_of((0, 90, 0, 900, 0), (0.2, 5, 5, -40, 40), (0.4, 5, 1, 60, 6)),
            "6.0% of the lines were sold below cost and lost ¥46.00; even at the deepest discount, the other lines outweigh them",
            "6.0%的销售行低于成本，亏损¥46.00；即使在让利最深的一档，其余销售仍能弥补",
        ),
        (
            depths_of((0, 9, 9, -90, 90), (0.2, 1, 1, -10, 10)),
            "At every discount, the lines sold come to less than they cost: ¥100 lost",
            "无论让利多少，各档销售合计都低于成本，共亏损¥100",
        ),
    ],
    ids=["the deepest lose", "only a middle class loses", "all lose"],
)
def test_the_title_blames_a_depth_only_where_the_lines_from_it_on_lose(depths, english, chinese):
    title = losses_page.discount_title(depths)
    assert (title.text(Edition("en", "CNY")), title.text(Edition("zh", "CNY"))) == (english, chinese)


def test_the_page_names_discounts_products_and_customers_behind_the_losses(losses_of):
    books, page = books_of("a 2024-01 100 40\n a 2023-01 1 1", "2024-12-31", "contribution", listed_customers=1), Page("zh", "CNY", True)
    found = losses_of(lines_of(LINES))
    discounts, products, customers = (part(page, books, found) for part in (losses_page.discounts, losses_page.products, losses_page.customers))
    assert "Lines sold at 20% off and more lose ¥59.00; all other lines come to ¥71.00" in discounts.html["en"]
    assert "Of the lines at 20% off and more, 100% were sold below cost, of all others 25%" in discounts.html["en"]
    assert "not what causes it" in discounts.html["en"]
    assert "伴随关系而非因果" in discounts.html["zh"]
    assert "Most was lost in <bdi>paint</bdi>: ¥35.00, 58% of what lines below cost lost" in products.html["en"]
    assert "Product p3" in products.html["zh"]
    assert "2 customers bought below cost, which lost ¥56.00; 1 of them account for 91%" in customers.html["en"]
    assert "N***" in customers.html["zh"]
    assert "Name of" not in customers.html["zh"]


def test_lines_without_discounts_are_told_by_product_alone(losses_of):
    lines = lines_of(LINES).assign(discount_e4=pd.array([None] * 12, dtype="Int64"), category=None)
    found = losses_of(lines)
    page, books = Page("zh", "CNY", False), books_of("a 2024-01 100 40\n a 2023-01 1 1", "2024-12-31", "contribution")
    assert losses_page.discounts(page, books, found) is None
    assert "Product p3" in losses_page.products(page, books, found).html["en"]
    assert "2 customers bought below cost, which lost ¥56.00" in losses_page.customers(page, books, found).html["en"]


def test_one_product_with_all_the_losses_is_told_as_the_only_one(losses_of):
    found = losses_of(lines_of(LINES).query("product_id == 'p2'"))
    page, books = Page("zh", "CNY", False), books_of("a 2024-01 100 40", "2024-12-31", "contribution")
    assert "All lines below cost lie in <bdi>tools</bdi>: ¥25.00 lost" in losses_page.products(page, books, found).html["en"]


def test_a_base_without_losses_has_no_such_part(losses_of):
    found = losses_of(lines_of(LINES).query("contribution_e4 > 0"))
    page, books = Page("zh", "CNY", False), books_of("a 2024-01 100 40", "2024-12-31", "contribution")
    assert losses_page.discounts(page, books, found) is None
    assert Losses(*found).sources["kind"].unique().tolist() == ["category"]


@pytest.mark.skipif("ANALYSIS_DATASETS" not in os.environ, reason="ANALYSIS_DATASETS names no folder of data sets")
def test_the_superstore_loses_its_money_from_forty_percent_off(losses_of):
    """示例 - 超市, all years: discounts 0, 0.1, 0.2, 0.25, 0.4, 0.6 and 0.8, against plain sums over the file."""
    sheet = pd.read_excel(
        Path(os.environ["ANALYSIS_DATASETS"]) / "tableau_superstore_cn" / "示例 - 超市.xls", sheet_name="订单", engine="calamine"
    )
    lines = pd.DataFrame({
        "customer_id": sheet["客户 ID"], "customer_name": sheet["客户名称"], "order_date": sheet["订单日期"].dt.date, "line_kind": "sale",
        "product_id": sheet["产品 ID"], "product_name": sheet["产品名称"], "category": sheet["类别"], "is_pseudo_customer": False,
        **{f"{name}_e4": (sheet[column] * 10_000).round().astype("int64")
           for name, column in (("discount", "折扣"), ("amount", "销售额"), ("contribution", "利润"))},
    })  # fmt: skip
    found = losses_of(
        lines, Window(pd.Timestamp("2020-01-01"), pd.Timestamp("2023-12-01")), discount_classes=settings().discount_classes
    )
    plain = sheet.groupby(pd.cut(sheet["折扣"], [-1, 0.39, 1]))["利润"].sum()
    title = losses_page.discount_title(found.depths).text(Edition("en", "CNY"))
    assert plain.iloc[1] < 0 < sheet.loc[sheet["折扣"] == 0.25, "利润"].sum()
    shown = Edition("en", "CNY").show(-plain.iloc[1], "money")
    assert title == f"Lines sold at 40% off and more lose {shown}; all other lines come to {Edition('en', 'CNY').show(plain.iloc[0], 'money')}"
    assert found.depths["loss_lines"].sum() / found.depths["lines"].sum() == pytest.approx(0.205, abs=0.0005)
    assert found.depths["losses"].sum() == pytest.approx(-sheet["利润"].clip(upper=0).sum(), abs=0.01)
    worst = sheet.assign(lost=-sheet["利润"].clip(upper=0)).groupby("客户 ID")["lost"].sum()
    told = found.sources[found.sources["kind"] == "customer"].set_index("id")["losses"]
    assert told.idxmax() == worst.idxmax()
    assert told.max() == pytest.approx(worst.max(), abs=0.01)
