"""V2: each class of a base is told on the page, flat, humped, dependent or none; without costs it is a concentration."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ledgers import books_of, customers_of, settings

from analysis.clean.gate import open_gate
from analysis.core.edition import Edition
from analysis.core.windows import Window
from analysis.draw.page import Page
from analysis.profit import page as parts
from analysis.profit import plots
from analysis.profit.books import Books
from analysis.profit.concentration import facts_of


def whale_of(text, value_name="contribution"):
    books = books_of(text, "2024-12-31", value_name)
    found = books.measure_concentration()
    return parts.whale(Page("zh", "CNY", False), books, found), facts_of(found.facts, books.ranked_name), books


def base(*contributions):
    """Customers with these contributions, each on a revenue of 1,000."""
    return "\n".join(f"c{place:02} 2024-01 1000 {value}" for place, value in enumerate(contributions))


@pytest.mark.parametrize(
    ("contributions", "english", "chinese"),
    [
        ([100] * 18 + [-10] * 2, "Flat: customers below zero give back 1.1% of the total; from 2.0% on it would be called humped", "形态为“平缓”"),
        ([100] * 18 + [-30] * 2, "Humped: customers below zero give back 3.4% of the total; below 2.0% it would be called flat", "形态为“有峰”"),
        ([900, 900, *[20] * 18], "Dependent on few: the top 10% bring 83%, more than 60%", "依赖少数客户：前10%的客户带来83%，超过60%"),
        ([100] * 20, "Not dependent on few: the top 10% bring 10%, not more than 60%", "不依赖少数客户"),
        ([900, 900, *[20] * 16, -30, -30], "Humped: customers below zero give back 2.9%", "形态为“有峰”"),
        ([900, 900, *[20] * 16, -30, -30], "Dependent on few: the top 10% bring 87%", "依赖少数客户"),
    ],
    ids=["flat", "humped", "dependent", "spread", "humped and dependent: humped", "humped and dependent: dependent"],
)  # fmt: skip
def test_each_class_is_told_on_the_page(contributions, english, chinese):
    section, *_ = whale_of(base(*contributions))
    assert english in section.html["en"]
    assert chinese in section.html["zh"]


def test_of_a_total_below_zero_no_class_is_told():
    section, *_ = whale_of(base(10, -30))
    assert not any(word in section.html["en"] for word in ("Humped", "Flat:", "ependent on few"))


def test_the_points_of_the_sayings_are_drawn():
    _, told, books = whale_of(base(*[100] * 18, -30, -30))
    found = books.measure_concentration()
    points = found.points[(found.points["measure"] == "contribution") & (found.points["period"] == "now")]
    figure = plots.draw_curve(points, points[:0], told, 0.2, books.settings, claims=True)(Edition("en", "CNY"), 860)
    hollow = [line.get_xydata()[0].tolist() for line in figure.axes[0].lines if len(line.get_xydata()) == 1]
    assert all(point in hollow for point in ([0.2, 0.8], [0.2, 0.85], [0.1, 0.6]))


def test_without_costs_the_page_speaks_of_concentration_and_claims_no_hump():
    section, *_ = whale_of("\n".join(f"c{place:02} 2024-01 {100 + place}" for place in range(20)) + "\n back 2024-01 -50", "revenue")
    assert "Revenue concentration" in section.html["en"]
    assert "收入集中度" in section.html["zh"]
    assert not any(word in section.html["en"] for word in ("umped", "Flat:", "give back", "Earn"))
    assert not any(word in section.html["zh"] for word in ("有峰", "平缓", "吃掉", "盈利<"))


@pytest.mark.skipif("ANALYSIS_DATASETS" not in os.environ, reason="ANALYSIS_DATASETS names no folder of data sets")
def test_online_retail_is_a_concentration_of_which_a_fifth_holds_77_percent():
    """DATASETS.md, plain definition: customer present, invoice not from C, quantity > 0, price > 0; both years as one window."""
    file = Path(os.environ["ANALYSIS_DATASETS"]) / "online_retail_II" / "online_retail_II.csv.gz"
    lines = pd.read_csv(file, usecols=["Invoice", "Quantity", "InvoiceDate", "Price", "Customer ID"], dtype={"Invoice": str, "Customer ID": str})
    plain = lines[lines["Customer ID"].notna() & ~lines["Invoice"].str.startswith("C") & (lines["Quantity"] > 0) & (lines["Price"] > 0)]
    booked = pd.DataFrame({
        "customer_id": plain["Customer ID"], "month": pd.to_datetime(plain["InvoiceDate"]).dt.to_period("M").dt.start_time.astype("datetime64[s]"),
        "orders": 1, "lines": 1, "return_lines": 0, "loss_lines": 0, "qty_e3": 1000,
        "revenue_e4": plain["Quantity"] * (plain["Price"] * 10_000).round().astype("int64"),
    })  # fmt: skip
    months = booked.groupby(["customer_id", "month"], as_index=False).sum().assign(costed_revenue_e4=0)
    months["contribution_e4"] = pd.array([pd.NA] * len(months), dtype="Int64")
    facts = pd.Series({"as_of": pd.Timestamp("2011-12-31"), "first_date": pd.Timestamp("2009-12-01"), "value_name": "revenue"})
    books = Books(
        months=months, customers=customers_of(months), gate=open_gate({"orders"}), facts=facts,
        settings=settings(window_months=25), now=Window(pd.Timestamp("2009-12-01"), pd.Timestamp("2011-12-01")), before=None,
    )  # fmt: skip
    found = books.measure_concentration()
    tiers = found.tiers.set_index("top_share")
    assert found.facts["value"].iloc[0] == pytest.approx(17_743_429.18, abs=0.01)
    assert tiers.loc[0.2, "value_share"] == pytest.approx(0.772, abs=0.0005)
    section = parts.whale(Page("zh", "CNY", False), books, found)
    assert tiers.loc[0.1, "value_share"] > 0.6
    assert "The business rests on few: 10% of customers bring" in section.html["en"]
    assert "业务依赖少数客户" in section.html["zh"]
    assert "20% → 77%" in section.html["en"]
    assert "Revenue concentration" in section.html["en"]
    assert np.all(found.facts["shape"].isna())
    assert "umped" not in section.html["en"]
