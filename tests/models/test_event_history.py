"""Histories as they were known on a day."""

import numpy as np
import pandas as pd
import pytest
from worlds import table

from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS
from analysis.core.engine import DuckEngine
from analysis.models.history import History
from analysis.models.periods import discount_factors, months_before
from analysis.models.repeat import summarise_events
from tests.event_tables import store_events

DAYS = table("""
    customer_id order_date bought_e4 contribution_e4
    ann         2024-01-10 1000000   300000
    ann         2024-02-10 2000000   600000
    ann         2024-04-10 4000000   900000
    bob         2024-03-01  500000   100000
    cat         2024-01-20  800000   200000
    cat         2024-01-30       0        0
""")
RETURNS = table("""
    customer_id order_date return_date returned_e4 contribution_e4
    ann         2024-02-10 2024-03-20  2000000     600000
    ann         2024-04-10 2024-05-02  1000000     250000
    bob         2024-03-01 2024-03-05   100000      20000
""")


@pytest.fixture
def ask(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def asked(days=DAYS, returns=RETURNS, value_name="revenue"):
        store_events(tmp_path, days, returns, as_of="2024-05-31", value_name=value_name)
        engine = DuckEngine(memory_limit_gb=1, threads=2)
        engines.append(engine)
        return History(engine, CUSTOMER_DAYS, CUSTOMER_RETURNS, value_name)

    engines = []
    yield asked
    for engine in engines:
        engine.__exit__(None, None, None)


def on(history, cut, since="2024-01-01"):
    return history.summary(pd.Timestamp(cut), since=pd.Timestamp(since)).set_index("customer_id")


def test_a_summary_counts_days_of_events_spans_and_ages(ask):
    cat = on(ask(), "2024-02-20").loc["cat"]
    assert (cat["repeats"], cat["span_days"], cat["age_days"]) == (1, 10, 31)
    assert (cat["first_day"], cat["last_day"]) == (pd.Timestamp("2024-01-20"), pd.Timestamp("2024-01-30"))


def test_an_event_that_was_wholly_reversed_by_the_cut_is_none(ask):
    assert on(ask(), "2024-03-31").loc["ann", "repeats"] == 0


def test_an_event_counts_in_full_while_its_reversal_lies_ahead(ask):
    known = on(ask(), "2024-03-19").loc["ann"]
    assert (known["repeats"], known["value"]) == (1, 300.0)


def test_an_event_that_was_partly_reversed_stays_with_what_is_left(ask):
    known = on(ask(), "2024-03-31").loc["bob"]
    assert (known["repeats"], known["value"]) == (0, 40.0)


def test_contribution_is_given_back_what_was_reversed_after_the_cut(ask):
    history = ask(value_name="contribution")
    assert on(history, "2024-04-30").loc["ann", "value"] == 120.0
    assert on(history, "2024-05-31").loc["ann", "value"] == 95.0


def test_a_day_on_which_everything_was_free_is_an_event_without_positive_value(ask):
    known = on(ask(), "2024-05-31").loc["cat"]
    assert (known["repeats"], known["positive_events"]) == (1, 1)
    assert (known["value"], known["positive_value"]) == (80.0, 80.0)


def test_recent_value_is_what_came_after_a_day(ask):
    assert on(ask(), "2024-05-31", since="2024-03-31").loc["ann", "recent_value"] == 300.0


def test_what_was_done_recently_is_counted_after_a_day_and_the_silence_since_the_last_event(ask):
    found = ask().recent(pd.Timestamp("2024-05-31"), since=pd.Timestamp("2024-02-29")).set_index("customer_id")
    assert found[["silent_days", "events", "value_e4"]].T.to_dict("list") == {
        "ann": [51, 1, 3_000_000], "bob": [91, 1, 400_000], "cat": [122, 0, 0],
    }  # fmt: skip


def test_an_unknown_contribution_follows_from_the_revenue_as_that_of_the_other_events_does(ask):
    known = DAYS["customer_id"] != "bob"
    days = DAYS.assign(contribution_e4=DAYS["contribution_e4"].where(known).astype("Int64"))
    found = on(ask(days, None, "contribution"), "2024-05-31")
    share = (30 + 60 + 90 + 20) / (100 + 200 + 400 + 80)  # ann's and cat's
    assert found.loc["bob", "value"] == pytest.approx(50 * share, abs=1e-4)
    assert found["filled_events"].to_dict() == {"ann": 0, "bob": 1, "cat": 0}
    recent = ask(days, None, "contribution").recent(pd.Timestamp("2024-05-31"), since=pd.Timestamp("2024-01-25"))
    assert recent["filled_events"].tolist() == [0, 1, 0]


def test_revenue_is_never_filled(ask):
    assert on(ask(), "2024-05-31")["filled_events"].sum() == 0


def test_events_and_reversals_after_the_cut_change_nothing_before_it(ask):
    early = DAYS[DAYS["order_date"] <= "2024-03-10"], RETURNS[RETURNS["return_date"] <= "2024-03-10"]
    pd.testing.assert_frame_equal(on(ask(), "2024-03-10"), on(ask(*early), "2024-03-10"))


def test_the_order_of_rows_does_not_matter(ask):
    turned = DAYS.iloc[::-1], RETURNS.iloc[::-1]
    pd.testing.assert_frame_equal(on(ask(), "2024-05-31"), on(ask(*turned), "2024-05-31"))


def test_what_follows_is_what_was_known_at_the_end(ask):
    found = ask().following(pd.Timestamp("2024-02-01"), pd.Timestamp("2024-05-31"))
    assert found.to_dict("list") == {"customer_id": ["ann", "bob"], "events": [1, 1], "value": [300.0, 40.0]}


def test_gaps_are_those_between_the_events_known_at_the_cut(ask):
    """ann's event of February is undone on March 20, so from then on her one gap is 91 days."""
    history = ask()
    for cut, ann in (("2024-02-20", 31), ("2024-05-31", 91)):
        found = history.log_gaps(pd.Timestamp(cut)).set_index("customer_id")["log_gaps"]
        assert found.to_dict() == pytest.approx({"ann": np.log(ann), "cat": np.log(10)}, abs=1e-9)


def test_repeats_by_day_are_those_of_entities_that_had_begun_by_the_cut(ask):
    found = ask().repeats_by_day(pd.Timestamp("2024-02-01"), pd.Timestamp("2024-05-31"))
    assert [f"{day:%m-%d}" for day in found["day"]] == ["01-30", "04-10"]
    assert found["events"].tolist() == [1, 1]


def test_the_summary_agrees_with_the_one_made_of_events_in_memory(ask):
    events = DAYS.rename(columns={"customer_id": "entity_id", "order_date": "day"})
    events["day"] = pd.to_datetime(events["day"])
    expected = summarise_events(events, pd.Timestamp("2024-05-31"))
    names = ["repeats", "span_days", "age_days"]
    history = ask(returns=None)
    assert on(history, "2024-05-31")[names].values.tolist() == expected[names].values.tolist()
    log_gaps = history.log_gaps(pd.Timestamp("2024-05-31"))["log_gaps"]
    np.testing.assert_allclose(log_gaps, expected.loc[expected["repeats"] > 0, "log_gaps"], atol=1e-8)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2026-09-30", 6, "2026-03-31"), ("1998-06-30", 9, "1997-09-30"), ("2026-03-15", 1, "2026-02-15"),
     ("2024-02-29", 12, "2023-02-28")],
)  # fmt: skip
def test_months_are_counted_back_to_the_day_before_their_first(day, months, expected):
    assert months_before(pd.Timestamp(day), months) == pd.Timestamp(expected)


def test_a_year_of_months_discounts_to_the_yearly_rate():
    factors = discount_factors(12, rate_yearly=0.1)
    assert factors[-1] == pytest.approx(1 / 1.1, rel=1e-12)
    assert factors[5] == pytest.approx(0.953463, rel=1e-6)  # 1.1^-0.5


def test_value_and_events_are_counted_up_to_an_age_by_the_day_of_the_first_event(ask):
    found = ask().by_age(pd.Timestamp("2024-05-31"), [10, 91]).set_index("first_day")
    ann, cat = found.loc["2024-01-10"], found.loc["2024-01-20"]  # the whole return of February is no event
    assert list(ann[["entities", "events_10", "events_91", "value_10"]]) == [1, 1, 2, 1000000]
    assert (ann["value_91"], ann["square_91"]) == (4000000, 400**2)
    assert list(cat[["events_10", "value_91"]]) == [2, 800000]  # the tenth day is inside


def test_who_began_and_who_stayed_is_told_by_two_windows(ask):
    first, middle, last = pd.Timestamp("2023-12-31"), pd.Timestamp("2024-02-15"), pd.Timestamp("2024-04-30")
    found = ask().stayed(pd.Timestamp("2024-05-31"), [(first, middle, last), (first, first, middle)])
    assert list(found["ends_on"]) == [middle, last]
    assert found[["begun", "earlier", "stayed"]].to_numpy().tolist() == [[2, 0, 0], [1, 2, 1]]


def test_a_part_of_the_entities_has_the_histories_that_they_have_among_all(ask):
    history = ask()
    whole, part = on(history, "2024-05-31"), on(history.part(pd.Series(["ann", "cat"])), "2024-05-31")
    pd.testing.assert_frame_equal(part, whole.loc[["ann", "cat"]])
    assert len(on(history, "2024-05-31")) == len(whole)


def test_days_until_the_day_of_the_question_are_summed_over_events_with_a_value(ask):
    """Ann's orders of 100 and of 300 that are left lie 142 and 51 days back; the wholly returned and the free order count nothing."""
    found = on(ask(), "2024-05-31")
    assert found[["positive_days", "positive_days_squared", "positive_value_days"]].T.to_dict("list") == {
        "ann": [142 + 51, 142**2 + 51**2, 142 * 100 + 51 * 300], "bob": [91, 91**2, 91 * 40], "cat": [132, 132**2, 132 * 80],
    }  # fmt: skip
