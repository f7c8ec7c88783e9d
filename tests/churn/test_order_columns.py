"""Columns of the order lines as drivers: by hand, known at each month's end, and refused where they tell nothing."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis.churn.causes import find_causes
from analysis.churn.driver_columns import own_columns
from analysis.churn.driver_panel import Panel, read_panel
from analysis.churn.driver_rows import Known
from analysis.churn.driver_terms import controls, driver_values
from analysis.churn.drivers import judge_drivers
from analysis.churn.structure import at_first_order
from analysis.core import tables
from analysis.core.contracts.clean import ORDER_LINES
from analysis.core.errors import FitError, ParamsError
from tests.churn.driver_lines import project_of
from tests.churn.test_drivers import SETTINGS

# customer, day, hour, category, channel, quantity, amount, discount
LINES = """
    a 2024-01-10 - screws web  10 100 -
    a 2024-01-10 - nails  web   2  50 -
    a 2024-04-05 - screws shop  8 120 -
    a 2024-10-20 - screws web  30 120 -
    b 2024-04-01 - nails  web   4  30 -
    b 2024-04-02 - nails  -     6  30 -
    many 2024-03-01 - nails shop 1 9 -
    a 2024-05-02 - screws shop -8 -120 - return
"""
APRIL = 3


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return project_of(tmp_path, LINES)


def own(stage, *columns, level_from=1):
    asked = dataclasses.replace(stage.settings.drivers, columns=columns, level_from=level_from)
    return own_columns(read_panel(stage), asked, stage.params.engine)


def test_a_text_is_the_share_of_the_orders_that_have_each_of_its_values(shop):
    """By April, of the two orders of customer a one came by shop, of b's one tells nothing; in October's six months a had one, by
    web, which is the commonest and what the others are compared with."""
    found = own(shop, "orders.channel")
    assert found.keys() == {"orders.channel: ", "orders.channel: shop"}
    assert found["orders.channel: shop"][0].tolist() == [0, 0, 0, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0, 0, 0]  # a half in fifths, as it was at the last order
    assert found["orders.channel: "][1].tolist() == [0] * 3 + [0.4] * 9


def test_an_order_of_two_kinds_of_goods_has_both(shop):
    assert own(shop, "orders.category")["orders.category: screws"][:, :4].tolist() == [[1, 1, 1, 1], [0, 0, 0, 0]]


def test_a_number_is_the_mean_of_the_orders_among_the_customers_of_the_month(shop):
    """By April a ordered 12 and 8, b 4 and 6: means of 10 and 5, one standard deviation of 2.5 on either side of 7.5; before, a is
    alone. In October it is alone again, and b stands as it was in April."""
    found = own(shop, "orders.qty")["orders.qty"]
    assert found[0].tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0]
    assert found[1].tolist() == [0, 0, 0, *[-1] * 9]


def test_what_comes_after_a_month_changes_nothing_of_a_column_that_was_known_at_its_end(shop):
    asked = ("orders.channel", "orders.category", "orders.qty", "orders.amount")
    before = own(shop, *asked)
    lines = tables.read(ORDER_LINES)
    late = lines["order_date"] > "2024-04-30"
    tables.write(ORDER_LINES, lines.assign(
        channel=lines["channel"].where(~late, "shop"), qty_e3=lines["qty_e3"].where(~late, lines["qty_e3"] * 9),
        order_date=lines["order_date"].where(~late, lines["order_date"] + pd.Timedelta(days=9)),
        amount_e4=lines["amount_e4"].where(~late, lines["amount_e4"] * 7),
    ))  # fmt: skip
    after = own(shop, *asked)
    assert before.keys() == after.keys()
    for name in before:
        assert (before[name][:, : APRIL + 1] == after[name][:, : APRIL + 1]).all(), name


def test_the_structure_takes_what_was_known_at_the_first_order():
    """Orders in months 0, 1, 3, and 4: the second and third customer were new, and their column stood at 13 and 24 then."""
    active = np.zeros((3, 6))
    active[[0, 0, 1, 2], [0, 1, 3, 4]] = 1
    sums = {"orders": active, "bought_e4": active, "kinds": active, "told_e4": active * 0}
    panel = Panel(pd.Index(["a", "b", "c"]), pd.date_range("2024-01-01", periods=6, freq="MS"), sums, np.full((3, 6), -1), 1.0)
    found = at_first_order(panel, {"x": np.arange(6.0) + 10 * np.arange(3)[:, None]})
    assert found.to_numpy().tolist() == [["b", 13.0], ["c", 24.0]]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ("orders.payment_terms", r"columns must name columns that order lines keep, of orders\.category, .*orders\.contribution, got "
                                 r"'orders\.payment_terms'\. Let source\.columns read yours as one of them, as \{your header: channel\}"),
        ("orders.industry", r"columns must name columns that the data fills, got 'orders\.industry'"),
        ("orders.unit_price", r"columns must name columns that the data fills, got 'orders\.unit_price'"),
        ("orders.channel", r"columns must name columns of which two values have 2 customers or more, got 'orders\.channel'"),
    ],
)  # fmt: skip
def test_a_column_that_cannot_be_a_driver_says_why(shop, column, message):
    with pytest.raises(ParamsError, match=message):
        own(shop, column, level_from=2)


SHOPPERS = 400
FEW_CLASSES = dataclasses.replace(SETTINGS, drivers=dataclasses.replace(SETTINGS.drivers, orders_yearly=(4.0,)))  # each with enough customers


@pytest.fixture(scope="module")
def trade(tmp_path_factory):
    """Customers that order by chance, one more by web than another, always at noon."""
    rng = np.random.default_rng(5)
    rows = [
        f"c{who:03} {2023 + month // 12}-{month % 12 + 1:02}-10 12 screws {'web' if rng.random() < who / SHOPPERS else 'shop'} {rng.integers(1, 9)} 50 -"
        for who in range(SHOPPERS) for month in range(24) if month == who % 6 or rng.random() < (0.1, 0.2, 0.3)[who % 3]
    ]  # fmt: skip
    folder = tmp_path_factory.mktemp("trade")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield project_of(folder, "\n".join(rows))


def test_columns_of_orders_are_judged_as_columns_of_customers_are(trade):
    settings = dataclasses.replace(FEW_CLASSES, drivers=dataclasses.replace(FEW_CLASSES.drivers, columns=("orders.channel", "orders.qty")))
    stage = dataclasses.replace(trade, params=dataclasses.replace(trade.params, churn=settings))
    worth = pd.DataFrame({"customer_id": [f"c{who:03}" for who in range(SHOPPERS)], "clv": 10.0})
    history = pd.DataFrame({"customer_id": worth["customer_id"], "repeats": 5, "span_days": 100.0, "age_days": 300.0})
    rows = find_causes(stage, worth, history).findings.table.set_index("driver")
    mine = rows[rows["kind"] == "own"]
    assert set(mine.index) == {"orders.qty", *mine.index[mine.index.str.startswith("orders.channel: ")]}
    assert len(mine) == 2
    assert mine["reason"].isna().all()
    assert (mine["lo"] < mine["hazard_ratio"]).all()


@pytest.mark.parametrize(
    ("columns", "why"),
    [(("orders.order_hour",), "every covariate must vary, got 'orders.order_hour'"), (("orders.channel", "twin"), "follows from the other covariates"),
     (("orders.channel", "future"), "without error, got '.*future'")],
    ids=["constant", "collinear", "knows the future"],
)  # fmt: skip
def test_the_guards_hold_for_columns_of_orders(trade, columns, why):
    panel = read_panel(trade)
    found = own(trade, columns[0], level_from=30)
    (mine,) = found.values()
    twins = {"twin": mine + 1e-9, "future": (np.cumsum(panel.active[:, ::-1], axis=1)[:, ::-1] > 0).astype(float)}
    found |= {name: twins[name] for name in columns[1:]}
    settings = FEW_CLASSES.drivers
    known = Known(panel, {**driver_values(panel, settings), **found}, controls(panel, settings), settings)
    with pytest.raises(FitError, match=why):
        judge_drivers(known, np.full(len(panel.customer_ids), np.nan), FEW_CLASSES, asked=tuple(found))
