"""Events come down to repeats, span and age, exactly."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from analysis.core.errors import FitError
from analysis.models import repeat
from analysis.models.distinct import once_each
from analysis.models.repeat import checked_columns, compress, summarise_events
from tests.models.worlds import table

END = pd.Timestamp("2024-03-31")


def events(text: str) -> pd.DataFrame:
    return table(text).astype({"day": "datetime64[us]"})


def test_history_comes_down_to_three_numbers() -> None:
    got = summarise_events(events("""
        entity_id  day
        A          2024-01-01
        B          2024-03-31
        A          2024-01-11
        A          2024-03-01
    """), END)  # fmt: skip
    expected = table("""
        entity_id  repeats  span_days  age_days
        A          2        60         90
        B          0        0          0
    """).assign(log_gaps=[np.log(10 * 50), 0])
    pd.testing.assert_frame_equal(got, expected)


def test_events_of_one_day_are_one_event_at_any_hour() -> None:
    got = summarise_events(pd.DataFrame({
        "entity_id": [1, 1, 1],
        "day": pd.to_datetime(["2024-03-01 08:00", "2024-03-01 23:59", "2024-03-05 00:00"]),
    }), END)  # fmt: skip
    assert got.loc[0, ["repeats", "span_days", "age_days"]].tolist() == [1, 4, 30]


def test_future_events_and_entities_leave_the_summary_unchanged() -> None:
    past = events("""
        entity_id  day
        A          2024-01-01
        A          2024-01-11
    """)
    future = events("""
        entity_id  day
        A          2024-04-01
        B          2024-04-01
    """)
    both = pd.concat([future, past], ignore_index=True)
    pd.testing.assert_frame_equal(summarise_events(both, END), summarise_events(past, END))


def test_values_of_the_events_after_the_first_day_add_up() -> None:
    log = events("""
        entity_id  day
        A          2024-01-01
        A          2024-01-01
        A          2024-01-11
        A          2024-03-01
        B          2024-03-31
        A          2024-04-01
    """).assign(value=[1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
    got = summarise_events(log, END)
    assert got["repeat_value"].tolist() == [4 + 8, 0]
    pd.testing.assert_frame_equal(got.drop(columns="repeat_value"), summarise_events(log.drop(columns="value"), END))
    with pytest.raises(FitError, match=r"^events: every row needs entity_id and day and value, got '1 rows without'"):
        summarise_events(log.assign(value=[1.0, np.nan, 4.0, 8.0, 16.0, 32.0]), END)


@pytest.mark.parametrize("named", [lambda n: n * 10**11, lambda n: n + 10**11, lambda n: n + 5e9, lambda n: n / 4, lambda n: "K" + n.astype(str), lambda n: n.astype("Int64")])
def test_what_entities_are_called_changes_nothing_else(named: Callable[[pd.Series], pd.Series]) -> None:
    rng = np.random.default_rng(8)
    number = pd.Series(rng.integers(100, 200, 3000))
    log = pd.DataFrame({
        "entity_id": number, "day": pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 500, 3000), "D"),
        "value": rng.integers(1, 9, 3000),
    })  # fmt: skip
    got = summarise_events(log.assign(entity_id=named(number)), END)
    expected = summarise_events(log, END)
    assert got["entity_id"].tolist() == named(expected["entity_id"]).tolist()
    pd.testing.assert_frame_equal(got.drop(columns="entity_id"), expected.drop(columns="entity_id"))


def test_a_log_longer_than_a_block_is_summed_up_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(9)
    days = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 455, 4000), "D")
    log = pd.DataFrame({"entity_id": rng.integers(0, 50, 4000), "day": days, "value": 1.0})
    whole = summarise_events(log, END)
    monkeypatch.setattr(repeat, "LOG_BLOCK", 7)
    monkeypatch.setattr(repeat, "BLOCK", 7)
    pd.testing.assert_frame_equal(summarise_events(log, END), whole)


def test_many_entities_over_many_years_do_not_overflow() -> None:
    entities = 140_000
    first = pd.Timestamp("1964-03-31")
    log = pd.DataFrame({"entity_id": np.tile(np.arange(entities), 2), "day": np.repeat([first, END], entities)})
    got = summarise_events(log, END)
    assert (got["repeats"] == 1).all()
    assert (got["span_days"] == (END - first).days).all()
    assert (END - first).days.bit_length() + entities.bit_length() > 31, "cells of an entity and a day"


def test_summary_equals_a_plain_groupby_whatever_the_row_order() -> None:
    rng = np.random.default_rng(5)
    days = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 455, 5000), "D")
    log = pd.DataFrame({"entity_id": rng.integers(-300, 300, 5000), "day": days})
    got = summarise_events(log, END)
    once = log.drop_duplicates().sort_values(["entity_id", "day"])
    plain = once.groupby("entity_id")["day"].agg(["count", "min", "max"])
    log_gaps = np.log(once.groupby("entity_id")["day"].diff().dt.days)
    expected = pd.DataFrame({
        "repeats": plain["count"] - 1,
        "span_days": (plain["max"] - plain["min"]).dt.days,
        "age_days": (END - plain["min"]).dt.days,
        "log_gaps": log_gaps.groupby(once["entity_id"]).sum(),
    }).reset_index()  # fmt: skip
    pd.testing.assert_frame_equal(got, expected)
    pd.testing.assert_frame_equal(summarise_events(log.sample(frac=1, random_state=1), END), got)


@pytest.mark.parametrize("factor", [1, 1 / 7, 1e9])
def test_compressed_rows_are_the_summary_again(factor: float) -> None:
    rng = np.random.default_rng(6)
    x = rng.integers(0, 3, 400)
    span = np.where(x > 0, rng.integers(1, 4, 400), 0) * factor
    summary = pd.DataFrame(
        {"repeats": x, "span_days": span, "age_days": span + rng.integers(0, 3, 400) * factor}
    )
    rows = compress(summary)
    got = pd.DataFrame({"repeats": rows.x, "span_days": rows.span, "age_days": rows.age, "size": rows.weight})
    expected = summary.groupby(list(summary.columns), as_index=False).size()
    pd.testing.assert_frame_equal(got, expected, check_dtype=False, check_exact=True)
    assert rows.n == 400
    blocks = list(rows.blocks(1))
    assert sum(block.n for block in blocks) == (x > 0).sum()


def test_end_before_the_first_event_is_refused() -> None:
    log = events("""
        entity_id  day
        A          2024-05-01
    """)
    message = r"^events: no event on or before 2024-03-31, got '1 events'. Choose a later end.$"
    with pytest.raises(FitError, match=message):
        summarise_events(log, END)


def test_missing_day_is_refused_with_its_count() -> None:
    log = events("""
        entity_id  day
        A          2024-01-01
        B          NaT
    """)
    message = (
        r"^events: every row needs entity_id and day, got '1 rows without'. Leave them out and count them.$"
    )
    with pytest.raises(FitError, match=message):
        summarise_events(log, END)


def test_days_that_are_not_dates_are_refused() -> None:
    with pytest.raises(
        FitError, match=r"^events: day must be datetime64, got 'int64'. Use pandas.to_datetime.$"
    ):
        summarise_events(pd.DataFrame({"entity_id": ["A"], "day": [20240101]}), END)


def test_missing_column_is_named() -> None:
    message = (r"^repeat summary: needs the columns repeats, span_days, age_days, "
               r"got 'none named span_days'. Rename or add them.$")  # fmt: skip
    with pytest.raises(FitError, match=message):
        compress(pd.DataFrame({"repeats": [1], "age_days": [3]}))


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ((1.5, 3, 9), "repeats must be a whole number, 0 or more"),
        ((-1, 0, 9), "repeats must be a whole number, 0 or more"),
        ((None, 0, 9), "repeats must be a whole number, 0 or more"),
        ((0, 0, -1), "age_days must be 0 or more"),
        ((0, 0, None), "age_days must be 0 or more"),
        ((2, 9, 8), "span_days must lie between 0 and age_days"),
        ((0, 2, 8), "span_days must be 0 exactly where repeats is 0"),
        ((2, 0, 8), "span_days must be 0 exactly where repeats is 0"),
    ],
)
def test_history_that_cannot_be_is_refused(row: tuple[float, ...], rule: str) -> None:
    good = (1, 3, 9)
    summary = pd.DataFrame([good, row], columns=["repeats", "span_days", "age_days"])
    with pytest.raises(
        FitError, match=rf"^repeat summary: {rule}, got '1 of 2 rows that break it'\. Build the"
    ):
        checked_columns(summary)


def test_a_costly_function_sees_each_distinct_row_once() -> None:
    calls: list[list[tuple[float, float]]] = []

    def slow(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        calls.append(list(zip(x.tolist(), y.tolist(), strict=True)))
        return 10 * x + y

    x = np.array([[1.0, 2, 1], [2, 1, 3]])
    np.testing.assert_array_equal(once_each(slow, x, np.array([5.0, 6, 5])), 10 * x + [5, 6, 5])
    np.testing.assert_array_equal(once_each(slow, x, np.array(7.0)), 10 * x + 7)
    assert calls == [[(1, 5), (1, 6), (2, 5), (2, 6), (3, 5)], [(1, 7), (2, 7), (3, 7)]]
    assert once_each(slow, np.zeros(0), np.array(7.0)).shape == (0,)
