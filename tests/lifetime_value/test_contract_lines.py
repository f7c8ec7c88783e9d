"""V4 under contract: contracts put into lines, by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis.lifetime_value.contract_laws import renewal_table
from analysis.lifetime_value.contract_lines import line_up
from tests.contract_worlds import contract_world, drawn_contracts, settings

AS_OF = pd.Timestamp("2025-06-30")


def lines_of(text, *, as_of=AS_OF, **changes):
    asked = settings(**{"is_complete": True, "grace_days": 30, **changes}).contracts
    return line_up(drawn_contracts(text), asked, as_of)


def numbers(lines):
    return lines.terms.sort_values(["line", "number"]).groupby("line")["number"].size().tolist()


@pytest.mark.parametrize(
    ("start", "lines", "renewed"),
    [("2024-01-01", [2], 1), ("2024-01-31", [2], 1), ("2024-02-01", [1, 1], 0), ("2023-12-02", [2], 1), ("2023-12-01", [1, 1], 0)],
)  # fmt: skip
def test_the_next_contract_may_begin_thirty_days_off(start, lines, renewed):
    end = (pd.Timestamp(start) + pd.Timedelta(days=364)).date()
    found = lines_of(f"a 2023-01-01 2023-12-31\na {start} {end}")
    assert numbers(found) == lines
    first = found.decided[found.decided["number"] == 1].iloc[0]
    assert first["is_renewed"] == bool(renewed)


def test_without_grace_only_the_next_day_continues():
    text = "a 2023-01-01 2023-12-31\na 2024-01-0{} 2024-12-31"
    assert numbers(lines_of(text.format(1), grace_days=0)) == [2]
    assert numbers(lines_of(text.format(2), grace_days=0)) == [1, 1]


def test_a_renewal_is_decided_when_its_grace_is_over_and_not_before_whatever_is_told():
    text = "a 2024-06-01 2025-05-31 renewed=2025-05-20\nb 2024-06-01 2025-05-31 cancelled=2025-05-02"
    early, late = (lines_of(text, as_of=pd.Timestamp(day)) for day in ("2025-06-29", "2025-06-30"))
    assert (len(early.decided), len(early.running)) == (0, 2)
    assert late.decided["is_renewed"].tolist() == [True, False]
    assert late.running.empty


def test_contracts_side_by_side_are_lines_of_their_own_and_each_follows_its_plan():
    found = lines_of("""
        a 2022-01-01 2022-12-31 plan=x
        a 2022-01-05 2023-01-04 plan=y
        a 2023-01-01 2023-12-31 plan=y
        a 2023-01-05 2024-01-04 plan=x
    """)
    assert numbers(found) == [2, 2]
    assert found.terms.groupby("line")["plan"].nunique().tolist() == [1, 1]


def test_a_contract_cancelled_for_another_one_is_followed_on_that_day():
    found = lines_of("a 2023-01-01 2023-12-31 cancelled=2023-06-30 plan=x\na 2023-07-01 2024-06-30 plan=y")
    assert numbers(found) == [2]
    assert found.terms["ends"].iloc[0] == (pd.Timestamp("2023-06-30") - pd.Timestamp("1970-01-01")).days
    assert found.terms["is_renewed"].tolist() == [True, False]


def test_a_renewal_recorded_counts_without_the_next_contract_unless_it_tells_of_the_one_before():
    found = lines_of("a 2023-01-01 2023-12-31 renewed=2023-12-20\nb 2023-01-01 2023-12-31 renewed=2023-01-03")
    assert found.decided.set_index("customer_id")["is_renewed"].to_dict() == {"a": True, "b": False}


def test_a_cancellation_takes_a_recorded_renewal_back():
    found = lines_of("a 2023-01-01 2023-12-31 renewed=2023-12-01 cancelled=2023-12-20")
    assert found.decided["is_renewed"].tolist() == [False]


def test_contracts_of_another_term_are_left_out_with_what_follows_them_and_counted():
    found = lines_of("""
        a 2022-01-01 2022-12-31
        a 2023-01-01 2023-12-31
        b 2022-01-01 2022-12-31
        m 2022-01-01 2022-01-31
        m 2022-02-01 2022-02-28
        m 2022-03-01 2023-02-28
        x 2022-01-01 -
        y 2022-01-01 2021-01-01
    """)
    assert found.term_months == 12
    assert sorted(found.terms["customer_id"]) == ["a", "a", "b"]
    assert found.left_out == {"no_end": 1, "wrong_end": 1, "other_term": 3, "unknown_age": 0}


def test_a_line_that_may_have_begun_before_the_table_has_no_age():
    """The table begins on 2020-01-01: a contract before that of b would have ended by 2020-12-31 and could be missing."""
    text = "a 2020-01-01 2020-12-31\na 2021-01-01 2021-12-31\nb 2021-01-30 2022-01-29\nc 2021-02-01 2022-01-31"
    known = lines_of(text, is_complete=False).terms.groupby("customer_id")["is_age_known"].first()
    assert known.to_dict() == {"a": False, "b": False, "c": True}
    assert lines_of(text).terms["is_age_known"].all()


def test_the_lines_of_a_known_world_are_its_customers_terms():
    world = contract_world(400, alpha=1.0, beta=2.0, years=6, as_of="2025-06-30", seed=3, notice=True)
    found = line_up(world.known.sample(frac=1, random_state=1), settings(is_complete=True).contracts, AS_OF)
    ends = (world.first_day.to_numpy()[:, None] + pd.to_timedelta(365 * np.arange(1, 7), unit="D").to_numpy()) - pd.Timedelta(days=1)
    decided = ends + np.timedelta64(30, "D") <= np.datetime64(AS_OF)
    terms = world.terms.to_numpy()[:, None]
    number = np.arange(1, 7)
    expected = pd.DataFrame({
        "renewal": number, "at_risk": (decided & (terms >= number)).sum(axis=0), "renewed": (decided & (terms > number)).sum(axis=0),
    })  # fmt: skip
    expected = expected[expected["at_risk"] > 0].reset_index(drop=True)
    pd.testing.assert_frame_equal(renewal_table(found.decided), expected, check_dtype=False)
    assert sorted(found.running["customer_id"]) == sorted(
        world.terms.index[(ends + np.timedelta64(30, "D") > np.datetime64(AS_OF)).argmax(axis=1) < terms[:, 0]]
    )


def test_no_contract_at_all_makes_no_line():
    found = lines_of("x 2022-01-01 -")
    assert found.term_months == 0
    assert found.terms.empty
