"""The growth bridge: every customer in one part, and the parts add up to the last unit."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from ledgers import customers_of, drawn_months

from analysis.core.contracts.profit import BRIDGE
from analysis.core.windows import Window, window_to
from analysis.profit import bridge

YEAR = Window(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-12-01"))

STORY = """
    stays-up    2023-03  100
    stays-up    2024-03  130
    stays-down  2023-05  200
    stays-down  2024-02  150
    lost        2023-06  70
    new         2024-07  40
    returned    2022-04  500
    returned    2024-04  60
    late-return 2023-12  90
    late-return 2024-01  -90
    walk-in     2023-01  30
    walk-in     2024-01  35
"""


def ledger_of(text, measure="revenue"):
    months = drawn_months(text)
    return bridge.open_ledgers(months, customers_of(months), [measure])[measure]


def year_of(text, measure="revenue"):
    return bridge.bridge_steps(ledger_of(text, measure), YEAR, YEAR.earlier(12), "year").set_index("part")


def test_every_customer_has_the_part_of_its_story():
    changes = bridge.customer_changes(ledger_of(STORY), YEAR, YEAR.earlier(12))
    assert changes["part"].astype(str).to_dict() == {
        "stays-up": "grown", "stays-down": "shrunk", "lost": "lost", "new": "new", "returned": "returned",
        "late-return": "lost", "walk-in": "pseudo",
    }  # fmt: skip


def test_the_bridge_of_the_story_in_money_and_customers():
    steps = year_of(STORY)
    assert (steps["value_e4"] / 10_000).to_dict() == {
        "base": 490, "new": 40, "returned": 60, "grown": 30, "shrunk": -50, "lost": -250, "pseudo": 5,
        "total": 325,
    }  # fmt: skip
    assert steps["customers"].to_dict() == {
        "base": 4, "new": 1, "returned": 1, "grown": 1, "shrunk": 1, "lost": 2, "pseudo": 1, "total": 4,
    }  # fmt: skip


def test_a_customer_that_first_bought_between_two_compared_months_has_returned():
    steps = ledger_of("A 2023-12 10\n A 2024-05 10\n A 2024-12 20")
    month = Window(YEAR.last, YEAR.last)
    changes = bridge.customer_changes(steps, month, month.earlier(12))
    assert changes["part"].tolist() == ["grown"]
    months = ledger_of("A 2023-06 10\n B 2024-05 10\n B 2024-12 20")
    changes = bridge.customer_changes(months, month, month.earlier(12))
    assert changes.loc["B", "part"] == "returned"


def test_retention_counts_named_customers_of_the_base_only():
    """460 of base without the walk-in: 490 - 30; they bring 460 + 30 - 50 - 250 now."""
    found = bridge.retention(year_of(STORY))
    assert found["net_retention"] == pytest.approx(190 / 460)
    assert found["gross_retention"] == pytest.approx(160 / 460)


def test_retention_of_an_empty_base_is_missing():
    assert all(np.isnan(value) for value in bridge.retention(year_of("A 2024-05 10")).values())


def test_share_of_growth_from_existing_customers():
    assert bridge.growth_from_existing(year_of(STORY)) == pytest.approx(30 / 130)


def test_lines_without_a_contribution_add_none_to_its_bridge():
    steps = year_of("A 2023-01 100 40\n A 2024-01 100 -\n A 2024-02 10 4\n B 2024-01 50 -", "contribution")
    assert (steps["value_e4"] / 10_000).to_dict() == {
        "base": 40, "new": 0, "returned": 0, "grown": 0, "shrunk": -36, "lost": 0, "pseudo": 0, "total": 4,
    }  # fmt: skip


FADING = """
    old  2022-01 100
    old  2022-02 100
    old  2022-03 100
    keen 2022-01 10
    keen 2023-01 10
    keen 2024-01 10
    keen 2024-03 10
    new  2023-09 {first}
    new  2024-02 40
"""


def built(text, as_of, **changes):
    months = drawn_months(text)
    first_date = months["month"].min()
    now = window_to(pd.Timestamp(as_of), 12, first_date)
    ledger = bridge.open_ledgers(months, customers_of(months), ["revenue"])["revenue"]
    given_ = {"history_months": 13, "slack_days": 3, **changes}
    return bridge.build_bridge(ledger, now, first_date, **given_)


def test_the_stored_bridge_keeps_its_contract_and_closes():
    table = built(FADING.format(first=20), "2024-03-31")
    BRIDGE.check(table[list(BRIDGE.by_name)])
    assert bridge.closes(table)
    assert not bridge.closes(table.assign(value_e4=table["value_e4"].where(table["part"] != "lost", 7)))


def test_comparisons_that_reach_before_the_data_are_left_out():
    table = built(FADING.format(first=20), "2024-03-31")
    ends = {kind: rows["last_month"] for kind, rows in table.groupby("comparison")}
    assert ends["year"].min() == pd.Timestamp("2023-12-01"), "24 months after the first"
    assert ends["month_on_year"].min() == pd.Timestamp("2023-03-01"), "13 month ends are kept"
    assert built("A 2024-01 5\n A 2024-03 5", "2024-03-31")["comparison"].unique().tolist() == [
        "month_on_month"
    ]


def test_the_streak_counts_month_ends_at_which_the_lost_outweigh_the_new():
    outweighed = built(FADING.format(first=20), "2024-02-29")
    assert bridge.lost_over_new_streak(outweighed) == 3
    filled = built(FADING.format(first=900), "2024-02-29")
    assert bridge.lost_over_new_streak(filled) == 0
    assert bridge.lost_over_new_streak(built("A 2024-01 5", "2024-01-31")) is None


rows = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d", "walk-in"]), st.integers(0, 35), st.integers(-(10**14), 10**14)
    ),
    min_size=1, unique_by=lambda row: row[:2], max_size=60,
)  # fmt: skip


def frame_of(rows):
    months = drawn_months(
        "\n".join(f"{who} {2022 + month // 12}-{month % 12 + 1:02} 1" for who, month, _ in rows)
    )
    money = [amount for _, _, amount in rows]
    return months.assign(revenue_e4=money, orders=[int(amount > 0) for amount in money])


@limits(deadline=None, max_examples=40)
@given(rows)
def test_any_bridge_closes_to_the_unit(rows):
    months = frame_of(rows)
    ledger = bridge.open_ledgers(months, customers_of(months), ["revenue"])["revenue"]
    steps = bridge.bridge_steps(ledger, YEAR, YEAR.earlier(12), "year").set_index("part")["value_e4"]
    assert steps.drop("total").sum() == steps["total"]
    assert steps["total"] == months.loc[YEAR.holds(months["month"]), "revenue_e4"].sum()


@limits(deadline=None, max_examples=40)
@given(rows, st.randoms(use_true_random=False))
def test_order_of_the_rows_and_later_months_change_no_bridge(rows, random):
    months = frame_of(rows)
    shuffled = [*rows, ("later", 36, 500)]
    random.shuffle(shuffled)
    more = frame_of(shuffled)
    found = [
        bridge.bridge_steps(
            bridge.open_ledgers(table, customers_of(table), ["revenue"])["revenue"], YEAR, YEAR.earlier(12), "year"
        )
        for table in (months, more)
    ]
    pd.testing.assert_frame_equal(*found)
