"""Recency, frequency and money as they were known on each of the two days."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from purchase_days import drawn_days, drawn_returns, measured, settings

from analysis.core.contracts.segment import RFM, RFM_CUTS
from analysis.segment.purchases import month_end_before
from analysis.segment.rfm import in_window, score_customers, unsettled_shares
from analysis.segment.scores import fit_cuts

AS_OF = pd.Timestamp("2024-06-30")

STORY = """
    steady   2024-03-10  100
    steady   2024-06-20  100
    returns  2024-05-05   80
    halves   2024-04-01  200
    silent   2023-05-20   90
    falling  2023-06-15   70
    first    2024-06-01   50
    back     2023-01-01   40
    back     2024-06-02   60
"""
RETURNS = """
    returns  2024-05-05  2024-06-10   80
    halves   2024-04-01  2024-05-20   60
    halves   2024-04-01  2024-06-20   40
"""


def measures(days=STORY, returns=RETURNS, as_of=AS_OF, value_name="revenue"):
    return measured(days, returns, as_of, value_name)[0]


def scored(days=STORY, returns=RETURNS, as_of=AS_OF, **changes):
    now, before = measures(days, returns, as_of)
    given_ = settings(**changes)
    cuts = fit_cuts(in_window(now), given_.scores)
    names = pd.Series({one: f"Name of {one}" for one in now.index.union(before.index)})
    return score_customers(now, before, cuts, names, given_).set_index("customer_id")


def test_the_month_before_ends_the_day_before_this_month():
    assert month_end_before(AS_OF) == pd.Timestamp("2024-05-31")
    assert month_end_before(pd.Timestamp("2024-03-15")) == pd.Timestamp("2024-02-29")


def test_measures_at_as_of():
    now = measures().now
    assert now.loc["steady"].tolist() == [10, 2, 2_000_000]
    assert now.loc["halves"].tolist() == [90, 1, 1_000_000], "200 less 60 less 40"
    assert now.loc["silent"].tolist() == [407, 0, 0], "the window starts on 2023-07-01"
    assert now.loc["back"].tolist() == [28, 1, 600_000]


def test_a_day_wholly_returned_is_no_purchase():
    now, before = measures()
    assert "returns" not in now.index
    assert before.loc["returns"].tolist() == [26, 1, 800_000], "the return of June was not known in May"


def test_a_return_after_the_month_end_is_not_known_then():
    before = measures().before
    assert before.loc["halves", "money_e4"] == 1_400_000, "200 less the 60 that came back by then"


def test_the_window_of_the_month_before_starts_a_month_earlier():
    now, before = measures()
    assert before.loc["falling"].tolist() == [351, 1, 700_000]
    assert now.loc["falling", "purchase_days"] == 0


def test_a_free_day_without_a_return_is_a_purchase():
    assert measures("gift 2024-06-01 0", "").now.loc["gift"].tolist() == [29, 1, 0]


COSTED = "a 2024-04-01 100 40\n b 2024-04-01 100 {b}"
COSTED_RETURN = "a 2024-04-01 2024-06-10 50 20"


def test_money_is_contribution_where_every_day_has_one():
    assert measured(COSTED.format(b=30), value_name="contribution")[1] == "contribution"
    assert measured(COSTED.format(b=30), value_name="revenue")[1] == "revenue"


@pytest.mark.parametrize(("day", "money"), [("2024-04-01", "revenue"), ("2023-06-15", "revenue"), ("2023-05-31", "contribution")])
def test_one_gap_in_either_window_decides_for_all_and_one_before_both_does_not(day, money):
    """The windows start on 2023-07-01 and, a month before, on 2023-06-01."""
    found, name = measured(f"a 2024-04-01 100 40\n b {day} 100 -", value_name="contribution")
    assert name == money
    assert found.now.loc["a", "money_e4"] == {"revenue": 1_000_000, "contribution": 400_000}[money]


def test_contribution_before_a_later_return_is_put_back():
    now, before = measures(COSTED.format(b=30), COSTED_RETURN, value_name="contribution")
    assert now["money_e4"].to_dict() == {"a": 200_000, "b": 300_000}
    assert before["money_e4"].to_dict() == {"a": 400_000, "b": 300_000}


def test_every_customer_is_somewhere_and_the_table_keeps_its_contract():
    found = scored()
    RFM.check(found.reset_index())
    assert set(found.index) == {"steady", "returns", "halves", "silent", "falling", "first", "back"}
    assert found.loc["silent", ["segment", "segment_before", "move"]].tolist() == [
        "silent",
        "silent",
        "stayed",
    ]
    assert pd.isna(found.loc["silent", "money_score"])


def test_the_moves_of_the_story():
    found = scored()
    assert found.loc["first", ["segment_before", "move", "reason"]].tolist() == ["new", "new", "new"]
    assert found.loc["returns", ["segment", "move", "reason"]].tolist() == ["gone", "gone", "gone"]
    assert found.loc["falling", ["segment", "move", "reason"]].tolist() == ["silent", "silent", "silent"]
    assert found.loc["back", ["segment_before", "move", "reason"]].tolist() == ["silent", "back", "back"]


LADDER = "\n".join(f"c{place} 2024-04-{place + 1:02} {100 + place}" for place in range(10))


def test_a_fall_is_named_by_the_score_that_fell():
    """One day since the last order at the end of May, 31 a month later; by one set of cut points."""
    found = scored("aging 2024-05-30 105\n" + LADDER.replace("2024-04", "2024-06"), "")
    assert found.loc["aging", ["recency_days_before", "recency_days"]].tolist() == [1, 31]
    assert found.loc["aging", ["recency_score_before", "recency_score"]].tolist() == [5, 1]
    assert found.loc["aging", ["move", "reason"]].tolist() == ["down", "recency_down"]


def test_a_bigger_order_lifts_a_customer_by_its_money():
    found = scored(f"{LADDER}\n c0 2024-06-15 500", "")
    assert found.loc["c0", "move"] == "up"
    assert found.loc["c0", "reason"] == "frequency_up", "its recency was high in May already"
    assert found.loc["c0", "money_change"] == 500.0


def test_both_months_are_scored_with_the_same_cut_points():
    found = scored(LADDER, "")
    assert (found["money_score"] == found["money_score_before"]).all()
    assert (found["frequency_score"] == found["frequency_score_before"]).all()


def test_customers_far_from_every_cut_are_settled_and_the_others_are_not():
    now, _ = measures("\n".join(f"c{n:03} 2024-06-{n % 30 + 1:02} {n + 1}" for n in range(200)), "")
    shares = unsettled_shares(in_window(now), settings(stability_draws=50))
    assert shares.between(0, 1).all()
    assert shares["c119"] > 0.2, "its money lies next to the cut at 60 % of 200"
    assert shares["c199"] < shares["c119"]


def test_the_draws_come_out_the_same_twice():
    now = measures().now
    kept = in_window(now)
    pd.testing.assert_series_equal(unsettled_shares(kept, settings()), unsettled_shares(kept, settings()))


histories = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.integers(0, 700), st.integers(1, 500), st.integers(0, 60)),
    min_size=1, max_size=40, unique_by=lambda row: row[:2],
)  # fmt: skip


def written(rows):
    start = pd.Timestamp("2022-08-01")
    day = [start + pd.Timedelta(days=row[1]) for row in rows]
    days = [f"{row[0]} {when:%Y-%m-%d} {row[2]}" for row, when in zip(rows, day, strict=True)]
    back = [
        f"{row[0]} {when:%Y-%m-%d} {when + pd.Timedelta(days=row[3]):%Y-%m-%d} {max(row[2] // 2, 1)}"
        for row, when in zip(rows, day, strict=True)
        if row[3] and when + pd.Timedelta(days=row[3]) <= AS_OF
    ]
    return "\n".join(days), "\n".join(back)


@limits(deadline=None, max_examples=15)
@given(histories)
def test_money_of_all_customers_is_the_money_of_all_purchase_days(rows):
    days, back = written(rows)
    now = measures(days, back).now
    returned = drawn_returns(back)
    table = drawn_days(days, returned)
    inside = table[table["order_date"].between("2023-07-01", AS_OF)]
    assert now["money_e4"].sum() == (inside["bought_e4"] - inside["returned_e4"]).sum()


@limits(deadline=None, max_examples=15)
@given(histories, st.randoms(use_true_random=False))
def test_order_of_the_rows_and_days_after_as_of_change_nothing(rows, random):
    days, back = written(rows)
    shuffled = [*days.splitlines(), "later 2024-07-01 5"]
    random.shuffle(shuffled)
    early, late = scored(days, back), scored("\n".join(shuffled), back)
    pd.testing.assert_frame_equal(early, late)


@limits(deadline=None, max_examples=15)
@given(histories)
def test_the_month_before_is_what_its_own_run_would_have_measured(rows):
    """As-of rule: May seen from June is May seen from May."""
    days, back = written(rows)
    may = month_end_before(AS_OF)
    made, returned = ([line for line in text.splitlines() if line.split()[at] <= f"{may:%Y-%m-%d}"] for text, at in ((days, 1), (back, 2)))
    then = measures("\n".join(made), "\n".join(returned), may).now
    pd.testing.assert_frame_equal(then, measures(days, back).before)


@pytest.mark.parametrize("scores", [3, 5])
def test_the_cuts_of_the_story_keep_their_contract(scores):
    RFM_CUTS.check(fit_cuts(in_window(measures().now), scores))
