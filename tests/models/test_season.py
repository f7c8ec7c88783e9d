"""The season that all entities share, and the clock that runs with it."""

import numpy as np
import pandas as pd
import pytest

from analysis.models.season import Clock, fit_season

INDEX = tuple(np.array([1.3, 0.6, 1.0, 1.0, 0.9, 1.0, 1.0, 0.9, 1.0, 0.8, 1.25, 1.25]))
STARTERS = pd.Series(40, pd.date_range("2022-01-01", periods=30, freq="MS"))


def monthly(index, rng=None, months=36):
    """Repeat events of every month of first events, fewer with age: expected ones, or drawn by chance."""
    rows = []
    for first, count in STARTERS.items():
        for month in pd.date_range("2022-01-01", periods=months, freq="MS"):
            age = (month.year - first.year) * 12 + month.month - first.month
            if age > 0:
                mean = count * month.days_in_month * 0.05 * index[month.month - 1] / (1 + age // 100)
                rows.append((first, month, mean if rng is None else rng.poisson(mean)))
    return pd.DataFrame(rows, columns=["first_month", "month", "events"])


def test_the_season_of_expected_events_is_found_exactly():
    season = fit_season(monthly(INDEX), STARTERS)
    assert season.index == pytest.approx(INDEX, rel=1e-6)
    assert season.p_value < 1e-100


def test_events_without_a_season_seldom_look_seasonal():
    rng = np.random.default_rng(5)
    found = [fit_season(monthly((1.0,) * 12, rng), STARTERS).p_value for _ in range(50)]
    assert np.mean(np.array(found) < 0.05) == pytest.approx(0.05, abs=0.09)


def test_less_than_two_years_tell_no_season():
    assert fit_season(monthly(INDEX, months=23), STARTERS) is None


def test_the_plain_clock_shows_days():
    days = pd.Series(pd.to_datetime(["2024-01-31", "2024-02-29", "2025-03-15"]))
    assert np.diff(Clock().at(days)) == pytest.approx([29, 380])
    assert Clock().ahead(pd.Timestamp("2024-01-31"), 10.5) == pytest.approx(10.5)


def test_the_clock_of_the_season_runs_with_the_months():
    clock = Clock((0.5, 1.5) * 6)
    # The last half of January and the first ten days of February 2024.
    assert clock.at(pd.Timestamp("2024-02-11")) - clock.at(pd.Timestamp("2024-01-16")) == pytest.approx(16 * 0.5 + 10 * 1.5)
    assert clock.ahead(pd.Timestamp("2024-01-30"), [1.0, 2.0, 4.0]) == pytest.approx([0.5, 1.0, 4.0])
    months = list(clock.months(pd.Timestamp("2023-12-20"), pd.Timestamp("2024-02-03")))
    assert months == [("2023-12-01", 0.0, 1.5), ("2024-01-01", 46.5, 0.5), ("2024-02-01", 62.0, 1.5)]


def test_histories_on_the_clock_keep_their_repeats():
    frame = pd.DataFrame({
        "first_day": pd.to_datetime(["2024-01-01", "2024-02-01"]), "last_day": pd.to_datetime(["2024-02-01", "2024-02-01"]),
        "repeats": [1, 0], "span_days": [31, 0], "age_days": [40, 9],
    })  # fmt: skip
    found = Clock((0.5, 1.5) * 6).summary(frame, pd.Timestamp("2024-02-10"))
    assert found["span_days"].tolist() == pytest.approx([15.5, 0.0])
    assert found["age_days"].tolist() == pytest.approx([15.5 + 13.5, 13.5])
    assert Clock().summary(frame, pd.Timestamp("2024-02-10")) is frame
