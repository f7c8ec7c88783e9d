"""A clock that slows down on days off."""

import numpy as np
import pytest

from analysis.models.busy_days import through_months


def made(paces, days=366, seed=1, mean=20.0):
    """Days of 2024, of which the first was a Monday, and their events."""
    day = np.datetime64("2023-12-31").astype(int) + np.arange(days + 1)
    pace = np.resize(paces, days)
    events = np.repeat(day[1:], np.random.default_rng(seed).poisson(mean * pace))
    return day, np.arange(days + 1) * 1.0, events


def test_quiet_weekends_are_short_and_months_stay_as_long_as_they_are():
    day, clock, events = made([1, 1, 1, 1, 1, 0.2, 0.2])
    shown = through_months(day, clock, events)
    weekday = np.arange(366) % 7
    assert np.diff(shown)[weekday > 4].mean() < 0.5  # 0.26 drawn towards 1, since single days are known from few events
    assert np.diff(shown)[weekday < 5].mean() > 1.2  # 1.3
    ends = np.flatnonzero(np.diff(day.astype("datetime64[D]").astype("datetime64[M]").astype(int)))
    np.testing.assert_allclose(shown[ends], clock[ends])
    assert (np.diff(shown) > 0).all()


def test_where_days_differ_no_more_than_by_chance_the_clock_is_left_nearly_as_it_was():
    day, clock, events = made([1.0], seed=3)
    assert np.abs(np.diff(through_months(day, clock, events)) - 1).max() < 0.15
    one = day[1::30]  # one event a month
    assert through_months(day, clock, one) is clock


def test_fewer_events_of_all_do_not_stop_the_clock():
    """From July on a tenth of the events: every month still takes its days."""
    day, clock, events = made(np.append(np.ones(182), np.full(184, 0.1)))
    shown = through_months(day, clock, events)
    assert shown[-1] - shown[182] == pytest.approx(184)
