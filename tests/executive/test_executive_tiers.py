"""X4: lifetime values by tier and moves between tiers, against arithmetic by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis.core.contracts.executive import TIER_VALUES
from analysis.executive.tiers import density_of, tier_values, yearly_moves

TIERS = pd.DataFrame({"tier": ["base", "whale", "silent"], "position": [2, 1, 3]})


def values_of(**tiers):
    ids = [f"{tier}{place}" for tier, values in tiers.items() for place in range(len(values))]
    far = pd.DataFrame({"customer_id": ids, "horizon_months": 36, "clv": np.concatenate(list(tiers.values()))})
    clv = pd.concat([far, far.assign(horizon_months=12, clv=far["clv"] / 3)])
    people = pd.DataFrame({"customer_id": ids, "tier": [tier for tier, values in tiers.items() for _ in values]})
    return tier_values(clv, TIERS, people)


def test_values_are_those_of_the_longest_time_ahead_and_spread_over_those_above_zero():
    found = values_of(whale=[100.0, 200.0, 300.0, 400.0, 500.0], base=[-30.0, 0.0, 10.0])
    TIER_VALUES.check(found)
    assert found["tier"].tolist() == ["whale", "base", "silent"]
    assert found[["customers", "valued", "clv"]].to_numpy().tolist() == [[5, 5, 1500.0], [3, 1, -20.0], [0, 0, 0.0]]
    assert found["median"].iloc[:2].tolist() == [300.0, 10.0]
    assert found["half_low"].iloc[0] == 200.0
    assert np.isnan(found["median"].iloc[2])


def test_the_density_of_a_normal_logarithm_is_normal():
    values = pd.Series(np.exp(np.random.default_rng(1).normal(5.0, 0.5, 20_000)))
    found = density_of(values)
    expected = np.exp(-0.5 * ((np.log(found["x"]) - 5.0) / 0.5) ** 2)
    assert np.abs(found["height"] - expected).max() < 0.04
    assert found["height"].max() == 1.0


def test_customers_that_are_all_alike_have_no_density():
    assert density_of(pd.Series([7.0, 7.0, 7.0, -1.0])).empty


@pytest.mark.parametrize(
    ("before", "now", "side"),
    [("whale", "base", "down"), ("base", "whale", "up"), ("base", "base", "stayed"), ("new", "base", "up"), ("base", "silent", "down"), ("silent", "base", "up")],
)  # fmt: skip
def test_a_move_has_a_side(before, now, side):
    moves = pd.DataFrame({"segment_before": [before], "segment": [now], "customers": [4]})
    assert yearly_moves(moves, TIERS).to_dict("records") == [{"before": before, "now": now, "count": 4, "side": side}]


def test_who_bought_in_neither_year_is_not_drawn():
    moves = pd.DataFrame({"segment_before": ["silent", "new", "base"], "segment": ["silent", "silent", "base"], "customers": [9, 1, 0]})
    assert yearly_moves(moves, TIERS).empty
