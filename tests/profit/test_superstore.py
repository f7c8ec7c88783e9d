"""示例 - 超市: an export that carries profit itself, read straight from its file (DATASETS.md)."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ledgers import customers_of, settings

from analysis.core.windows import Window
from analysis.profit.bridge import bridge_steps, open_ledgers, retention
from analysis.profit.concentration import facts_of, measure_concentration
from analysis.profit.customers import customer_values

pytestmark = pytest.mark.skipif(
    "ANALYSIS_DATASETS" not in os.environ, reason="ANALYSIS_DATASETS names no folder of data sets"
)

ALL = Window(pd.Timestamp("2020-01-01"), pd.Timestamp("2023-12-01"))
LAST = Window(pd.Timestamp("2023-01-01"), pd.Timestamp("2023-12-01"))


@pytest.fixture(scope="module")
def lines():
    file = Path(os.environ["ANALYSIS_DATASETS"]) / "tableau_superstore_cn" / "示例 - 超市.xls"
    return pd.read_excel(file, sheet_name="订单", engine="calamine")


@pytest.fixture(scope="module")
def months(lines):
    """All lines by customer and month, without any rule of the cleaning."""
    profit, sales = ((lines[name] * 10_000).round().astype("int64") for name in ("利润", "销售额"))
    table = pd.DataFrame(
        {
            "customer_id": lines["客户 ID"],
            "month": lines["订单日期"].dt.to_period("M").dt.start_time.astype("datetime64[s]"),
            "orders": 1, "lines": 1, "return_lines": 0, "loss_lines": (profit < 0).astype("int64"),
            "qty_e3": lines["数量"] * 1000, "revenue_e4": sales, "contribution_e4": profit, "costed_revenue_e4": sales,
        }
    )  # fmt: skip
    return table.groupby(["customer_id", "month"], as_index=False).sum()


def test_a_fifth_of_the_lines_lose_money(months):
    values = customer_values(months, ALL)
    assert values["lines"].sum() == 9_959
    assert values["loss_lines"].sum() / values["lines"].sum() == pytest.approx(0.205, abs=0.0005)


def test_the_curve_ends_at_the_profit_of_the_file(months):
    values = customer_values(months, ALL)
    found = measure_concentration(
        values, customers_of(months), ALL, measure="contribution", period="now", settings=settings()
    )
    facts = facts_of(found.facts, "contribution")
    assert facts["customers"] == 771
    assert facts["value"] == pytest.approx(2_147_538.925, abs=0.001)
    assert found.points["value"].iloc[-1] == pytest.approx(2_147_538.925, abs=0.001)


def test_the_hump_is_that_of_a_plain_sum_over_the_file(lines, months):
    by_customer = lines.groupby("客户 ID")["利润"].sum().sort_values(ascending=False)
    found = measure_concentration(
        customer_values(months, ALL), customers_of(months), ALL, measure="contribution", period="now",
        settings=settings(),
    )  # fmt: skip
    facts = facts_of(found.facts, "contribution")
    running = by_customer.cumsum() / by_customer.sum()
    assert facts["peak"] == pytest.approx(running.max())
    assert facts["peak_position"] == pytest.approx(
        np.argmax(running.to_numpy() >= running.max()) / 771, abs=2 / 771
    )
    assert facts["losing_customers"] == (by_customer < 0).sum()
    assert facts["shape"] == "humped"


def test_the_bridge_from_2022_to_2023_closes_on_the_file(lines, months):
    by_year = lines.groupby(lines["订单日期"].dt.year)["利润"].sum()
    steps = bridge_steps(
        open_ledgers(months, customers_of(months), ["contribution"])["contribution"], LAST, LAST.earlier(12), "year"
    )
    value = steps.set_index("part")["value_e4"] / 10_000
    assert value["base"] == pytest.approx(by_year[2022], abs=0.001)
    assert value["total"] == pytest.approx(by_year[2023], abs=0.001)
    assert value.drop("total").sum() == pytest.approx(value["total"], abs=0.001)
    assert 0 < retention(steps.set_index("part"))["gross_retention"] < 1
