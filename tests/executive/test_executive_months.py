"""X4: the key figures of every month end, against sums by hand."""

import pytest
from briefings import brief, year_of

from analysis.core.contracts.profit import KPI_MONTHS
from analysis.executive.months import change_since

# Two years: a brings 100 a month, then 110; b brings 50 in the first year only; c is new; walk-in stands for many.
TWO_YEARS = "\n".join(
    [year_of("a", 2024, 100), year_of("b", 2024, 50), year_of("walk-in", 2024, 10), year_of("a", 2025, 110),
     year_of("walk-in", 2025, 10), "c 2025-12 40 -"]
)  # fmt: skip


def test_the_last_month_end_is_the_sum_of_its_year():
    ends = brief(TWO_YEARS, as_of="2025-12-31").ends
    KPI_MONTHS.check(ends)
    last = ends.iloc[-1]
    assert last["value"] == 12 * 110 + 12 * 10 + 40
    assert last["active_customers"] == 2  # a and c; the many behind walk-in are nobody


def test_net_retention_counts_last_years_customers_only():
    kept = (12 * 110) / (12 * 100 + 12 * 50)
    assert brief(TWO_YEARS, as_of="2025-12-31").ends["net_retention"].iloc[-1] == pytest.approx(kept)


def test_month_ends_without_a_full_year_behind_them_are_not_there():
    ends = brief(TWO_YEARS, as_of="2025-12-31").ends
    assert list(ends["month"].dt.strftime("%Y-%m")) == [
        "2024-12",
        *(f"2025-{month:02d}" for month in range(1, 13)),
    ]
    assert ends["net_retention"].notna().sum() == 1


def test_a_short_history_still_has_its_last_month():
    ends = brief("a 2025-11 70 -\na 2025-12 30 -", as_of="2025-12-31").ends
    assert ends["value"].tolist() == [100.0]


def test_money_changes_relatively_and_counts_by_their_difference():
    briefing = brief(TWO_YEARS, as_of="2025-12-31")
    total, before, month_ago = (
        1480.0,
        1920.0,
        12 * 10 + 100 + 50 + 11 * 110,
    )  # windows to Dec, Dec before, Nov
    assert briefing.change_of("value", 12) == pytest.approx(total / before - 1)
    assert briefing.change_of("value", 1) == pytest.approx(total / month_ago - 1)
    assert briefing.change_of("active_customers", 1) == 0.0  # b went as c came
    assert briefing.change_of("active_customers", 12) == 0.0


def test_what_is_not_there_cannot_be_compared():
    briefing = brief(TWO_YEARS, as_of="2025-12-31")
    assert briefing.change_of("net_retention", 1) is None
    assert change_since(briefing.ends, "value", briefing.now, 24) is None


def test_a_loss_the_year_before_gives_no_relative_change():
    drawn = year_of("a", 2024, 100, -5) + "\n" + year_of("a", 2025, 100, 10)
    briefing = brief(drawn, as_of="2025-12-31", value_name="contribution")
    assert briefing.change is None


def test_years_with_other_shares_of_costed_lines_are_compared_by_revenue():
    drawn = "\n".join([year_of("a", 2024, 100), year_of("b", 2024, 100, 20), year_of("a", 2025, 100, 20),
                       year_of("b", 2025, 100, 20)])  # fmt: skip
    assert brief(drawn, as_of="2025-12-31", value_name="contribution").measure == "revenue"
    same = year_of("a", 2024, 100, 20) + "\n" + year_of("a", 2025, 100, 20)
    assert brief(same, as_of="2025-12-31", value_name="contribution").measure == "contribution"
