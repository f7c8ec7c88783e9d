"""Returns after a silence: by hand, against a law with a known answer, and no answer where none was followed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.models.win_back import curve_beyond, return_chances, return_window
from tests.models.worlds import table


def silences(seed: int, n: int = 4000, stopped: float = 0.4, mean: float = 60.0) -> tuple[pd.Series, pd.Series]:
    """Some never return; the others after exponential gaps. Each is followed for 200 to 400 days."""
    rng = np.random.default_rng(seed)
    gap = np.where(rng.random(n) < stopped, np.inf, np.ceil(rng.exponential(mean, n)))
    followed = rng.integers(200, 400, n)
    return pd.Series(np.minimum(gap, followed).astype(int)), pd.Series(gap <= followed)


def truth(silent: float, within: float, stopped: float = 0.4, mean: float = 60.0) -> float:
    still = (1 - stopped) * np.exp(-silent / mean)
    return still * (1 - np.exp(-within / mean)) / (still + stopped)


def test_chance_by_hand() -> None:
    """Five silences beyond 30 days: 10 and 20 days later one of 5 and one of 3 return, one is lost from sight between."""
    frame = table("""
        days ended
        12   1
        30   1
        40   1
        45   0
        50   1
        90   0
        95   0
    """)
    found = return_chances(frame["days"], frame["ended"].astype(bool), silent=[30], within=60, level=0.9).loc[30]
    assert found["n"] == 5
    assert found["value"] == pytest.approx(1 - 4 / 5 * 2 / 3)
    assert found["lo"] < found["value"] < found["hi"]


def test_the_chance_of_a_return_falls_with_silence_as_it_truly_does() -> None:
    days, ended = silences(1)
    silent = [0, 60, 120]
    found = return_chances(days, ended, silent=silent, within=60, level=0.9)
    np.testing.assert_allclose(found["value"], [truth(s, 60) for s in silent], atol=0.03)
    assert found["value"].is_monotonic_decreasing


def test_the_truth_lies_inside_nine_of_ten_intervals() -> None:
    inside = []
    for seed in range(200):
        row = return_chances(*silences(seed, n=300), silent=[60], within=60, level=0.9).loc[60]
        inside.append(row["lo"] <= truth(60, 60) <= row["hi"])
    assert 0.85 < np.mean(inside) < 0.96


def test_most_returns_come_within_the_days_that_the_law_says() -> None:
    """Of the returns within 150 days, 80 % come within t: 1 - e^(-t / 60) = 0.8 (1 - e^(-150 / 60))."""
    day, early, late = return_window(*silences(2), silent=60, within=150, share=0.8, level=0.9)
    true = -60 * np.log(1 - 0.8 * (1 - np.exp(-150 / 60)))
    assert day == pytest.approx(true, rel=0.1)
    assert early < true < late


def test_nothing_is_said_about_days_that_nobody_was_followed_for() -> None:
    days, ended = silences(3, n=200)
    assert return_chances(days, ended, silent=[300], within=200, level=0.9)["value"].isna().all()
    assert np.isnan(return_window(days, ended, silent=300, within=200, share=0.8, level=0.9)).all()


def test_where_nobody_returned_the_chance_is_none_without_an_interval() -> None:
    row = return_chances(pd.Series([90, 95]), pd.Series([False, False]), silent=[30], within=50, level=0.9).loc[30]
    assert row["value"] == 0
    assert row[["lo", "hi"]].isna().all()


def test_the_order_of_rows_plays_no_part() -> None:
    days, ended = silences(4, n=300)
    turned = np.random.default_rng(1).permutation(300)
    pd.testing.assert_frame_equal(
        curve_beyond(days.iloc[turned], ended.iloc[turned], silent=30, level=0.9),
        curve_beyond(days, ended, silent=30, level=0.9),
    )
