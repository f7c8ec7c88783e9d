"""The curve of a ranked total against sums made by hand, and against other roads to the same number."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from analysis.profit import curve

TOPS = (0.01, 0.1, 0.2, 0.5)

vectors = st.lists(st.integers(-(10**9), 10**10), min_size=2, max_size=60)


def descending(values):
    """Values from large to small, as the curve wants them."""
    return np.sort(np.asarray(values, dtype=np.int64))[::-1].copy()


def ranked(*values):
    return descending(values)


def measured(*values, core=0.8):
    return curve.measure_curve(ranked(*values), TOPS, core)


def gini_by_pairs(values):
    """The double sum of the formula, pair by pair."""
    distances = sum(abs(one - other) for one in values for other in values)
    return distances / (2 * (len(values) - 1) * sum(abs(value) for value in values))


def test_shares_of_the_top_are_sums_of_the_largest():
    told = measured(60, 20, 10, 5, 5, 0, 0, 0, 0, 0)
    assert told["top_20_share"] == 0.8
    assert told["top_50_share"] == 1.0
    assert told["top_1_share"] == 0.6, "the top 1 % of ten customers is one customer"


def test_a_curve_with_losers_peaks_above_one_and_comes_back():
    told = measured(100, 60, 40, -20, -80)
    assert (told["peak"], told["peak_position"]) == (2.0, 0.6)
    assert told["break_even_position"] == 0.2, "the largest alone brings as much as all together"


def test_the_fewest_customers_with_most_of_the_value():
    assert measured(50, 30, 10, 10)["core_members"] == 2
    assert measured(50, 29, 11, 10)["core_members"] == 3
    assert measured(*[10] * 10)["core_members"] == 8


def test_shares_of_a_total_that_is_not_positive_are_missing():
    told = measured(50, -30, -40)
    assert all(
        np.isnan(told[name]) for name in ("top_20_share", "peak", "break_even_position", "core_members")
    )
    assert told["peak_position"] == pytest.approx(1 / 3)
    assert told["gini"] == pytest.approx(gini_by_pairs([50, -30, -40]))


def test_gini_is_one_where_one_has_all_and_zero_where_all_have_the_same():
    assert curve.normalised_gini(ranked(7, 0, 0, 0)) == 1.0
    assert curve.normalised_gini(ranked(3, 3, 3)) == 0.0
    assert curve.normalised_gini(ranked(9, -9)) == 1.0, "one holds all gains, the other all losses"


def test_gini_of_one_to_four_is_a_third():
    assert curve.normalised_gini(ranked(1, 2, 3, 4)) == pytest.approx(1 / 3)


def test_gini_of_one_customer_or_of_nothing_is_missing():
    assert np.isnan(curve.normalised_gini(ranked(5)))
    assert np.isnan(curve.normalised_gini(ranked(0, 0)))


@limits(deadline=None, max_examples=40)
@given(vectors)
def test_gini_equals_its_double_sum_and_lies_between_zero_and_one(values):
    found = curve.normalised_gini(ranked(*values))
    if any(values):
        assert found == pytest.approx(gini_by_pairs(values), abs=1e-12)
        assert -1e-12 <= found <= 1 + 1e-12
    else:
        assert np.isnan(found)


@limits(deadline=None, max_examples=40)
@given(vectors, st.randoms(use_true_random=False))
def test_order_of_the_rows_and_unit_of_money_change_nothing(values, random):
    told = curve.measure_curve(ranked(*values), TOPS, 0.8)
    shuffled = [value * 7 for value in values]
    random.shuffle(shuffled)
    again = curve.measure_curve(ranked(*shuffled), TOPS, 0.8)
    assert again == pytest.approx(told, nan_ok=True)


@limits(deadline=None, max_examples=40)
@given(vectors)
def test_a_draw_is_measured_like_the_customers_it_holds(values):
    once = ranked(*values)
    counts = np.arange(len(once)) % 3 + (np.arange(len(once)) == 0)
    in_place = curve._measure(once, counts[None, :], TOPS, 0.8)
    as_rows = curve._measure(np.repeat(once, counts), np.ones((1, counts.sum()), dtype=np.int64), (), 0.8)
    for name in as_rows:
        assert in_place[name][0] == pytest.approx(as_rows[name][0], nan_ok=True), name


def test_intervals_hold_the_value_and_come_out_the_same_twice(monkeypatch):
    values = ranked(*(1000 // place for place in range(1, 200)))
    told = curve.measure_curve(values, TOPS, 0.8)
    found = curve.curve_intervals(values, TOPS, 0.8, draws=200, level=0.9, random_seed=1)
    assert all(
        found[name][0] <= told[name] <= found[name][1] for name in ("top_10_share", "top_20_share", "gini")
    )
    monkeypatch.setattr(curve, "BLOCK_CELLS", 1)
    assert curve.curve_intervals(values, TOPS, 0.8, draws=200, level=0.9, random_seed=1) == found


def test_more_customers_narrow_the_interval():
    few = ranked(*(10_000 // place for place in range(1, 50)))
    many = np.repeat(few, 20)
    wide, narrow = (
        curve.curve_intervals(values, (0.2,), 0.8, draws=200, level=0.9, random_seed=1)["top_20_share"]
        for values in (few, many)
    )
    assert narrow[1] - narrow[0] < (wide[1] - wide[0]) / 2


def test_an_interval_is_missing_where_a_draw_may_lose_money():
    found = curve.curve_intervals(ranked(10, -1, -1), (0.2,), 0.8, draws=200, level=0.9, random_seed=1)
    assert np.isnan(found["top_20_share"]).all()


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    """Shares of 300 customers drawn from a lognormal whose top 20 % hold 1 - Phi(z_0.8 - 1) = 56.3 %."""
    rng = np.random.default_rng(7)
    hits = 0
    for world in range(100):
        values = descending(pd.Series((rng.lognormal(10, 1, 300) * 10).astype("int64")))
        lo, hi = curve.curve_intervals(values, (0.2,), 0.8, draws=200, level=0.9, random_seed=world)[
            "top_20_share"
        ]
        hits += lo <= 0.5629 <= hi
    assert 78 <= hits <= 98


@limits(deadline=None, max_examples=40)
@given(vectors)
def test_the_thinned_curve_keeps_its_ends_and_its_peak(values):
    once = ranked(*values)
    thin = curve.thin_curve(once, [1], 20)
    assert len(thin) <= 20
    assert thin["members"].is_monotonic_increasing
    assert thin["members"].iloc[[0, -1]].tolist() == [0, len(values)]
    assert thin["value"].iloc[-1] == sum(values)
    assert thin["value"].max() == sum(value for value in values if value > 0)


@pytest.mark.skipif(
    "ANALYSIS_DATASETS" not in os.environ, reason="ANALYSIS_DATASETS names no folder of data sets"
)
def test_a_fifth_of_the_customers_of_online_retail_hold_77_percent():
    """DATASETS.md, plain definition: customer present, invoice not from C, quantity > 0, price > 0."""
    file = Path(os.environ["ANALYSIS_DATASETS"]) / "online_retail_II" / "online_retail_II.csv.gz"
    lines = pd.read_csv(
        file,
        usecols=["Invoice", "Quantity", "Price", "Customer ID"],
        dtype={"Invoice": str, "Customer ID": str},
    )
    clean = lines[
        lines["Customer ID"].notna()
        & ~lines["Invoice"].str.startswith("C")
        & (lines["Quantity"] > 0)
        & (lines["Price"] > 0)
    ]
    amount = clean["Quantity"] * (clean["Price"] * 10_000).round().astype("int64")
    values = descending(amount.groupby(clean["Customer ID"]).sum())
    assert len(values) == 5_878
    assert values.sum() / 10_000 == pytest.approx(17_743_429.18, abs=0.01)
    assert curve.measure_curve(values, (0.2,), 0.8)["top_20_share"] == pytest.approx(0.772, abs=0.0005)
