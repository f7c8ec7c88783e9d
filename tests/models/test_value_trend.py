"""The trend of values within entities: by hand, as other software has it, and where it is none."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf

from analysis.models.shrinkage import believed
from analysis.models.value_trend import ValueTrend, fit_value_trend


def sums(events):
    """What a history holds of ``entity, ago, value``."""
    some = events.assign(squared=events["ago"] ** 2, times=events["ago"] * events["value"]).groupby("entity")
    return pd.DataFrame({
        "age_days": 730, "positive_events": some.size(), "positive_value": some["value"].sum(), "positive_days": some["ago"].sum(),
        "positive_days_squared": some["squared"].sum(), "positive_value_days": some["times"].sum(),
    }).reset_index(drop=True)  # fmt: skip


def world(entities, seed, slope=0.0, grow=0.0):
    """Entities whose values scatter around means that change alike, and by part of the mean of their own where ``grow`` is given."""
    rng = np.random.default_rng(seed)
    entity = np.repeat(np.arange(entities), rng.integers(1, 12, entities))
    ago = rng.integers(0, 1000, entity.size)
    mean, own = rng.gamma(2, 50, entities), rng.normal(slope, grow, entities) if grow else np.full(entities, slope)
    return pd.DataFrame({"entity": entity, "ago": ago, "value": mean[entity] * np.exp(-own[entity] * ago) * rng.gamma(4, 1 / 4, entity.size)})


def test_the_trend_of_two_entities_by_hand():
    """Of one 90 then 110 a hundred days later: 0.2 of its mean in 100 days; of the other nothing in 200.

    C / m = 50 * 20 / 100 = 10 and 0, S = 5,000 and 20,000: slope 10 / 25,000. Errors 10 - 2 and 0 - 8.
    """
    events = pd.DataFrame({"entity": [0, 0, 1, 1], "ago": [100, 0, 200, 0], "value": [90.0, 110, 50, 50]})
    found = fit_value_trend(sums(events), fewest=2)
    assert found.slope == pytest.approx(10 / 25_000)
    assert found.std_error == pytest.approx(np.hypot(8, 8) / 25_000)
    assert found.entities == 2


def test_it_is_least_squares_with_an_effect_of_each_entity_and_its_clustered_error():
    events = world(120, 1, slope=2e-4)
    found = fit_value_trend(sums(events), fewest=50)
    usual = events.assign(part=events["value"] / events.groupby("entity")["value"].transform("mean"), time=-events["ago"])
    other = smf.ols("part ~ time + C(entity)", usual).fit(
        cov_type="cluster", cov_kwds={"groups": usual["entity"], "use_correction": False}
    )
    assert found.slope == pytest.approx(other.params["time"], rel=1e-9)
    assert found.std_error == pytest.approx(other.bse["time"], rel=1e-9)


def test_intervals_hold_the_trend_also_where_entities_grow_at_rates_of_their_own():
    inside = [abs(found.slope - 1e-4) < 1.645 * found.std_error
              for found in (fit_value_trend(sums(world(200, seed, 1e-4, 2e-4)), fewest=50) for seed in range(200))]  # fmt: skip
    assert 165 <= sum(inside) <= 193  # 180 of 200 at 90 %; outside of this about 1 of 500 suites


def test_large_entities_that_come_late_are_no_trend():
    early = pd.DataFrame({"entity": np.repeat(np.arange(60), 2), "ago": np.tile([900, 800], 60), "value": 10.0})
    late = pd.DataFrame({"entity": np.repeat(np.arange(60, 120), 2), "ago": np.tile([90, 10], 60), "value": 1000.0})
    found = fit_value_trend(sums(pd.concat([early, late])), fewest=50)
    assert found.slope == pytest.approx(0, abs=1e-12)


def test_too_few_entities_or_values_at_one_time_tell_no_trend():
    assert fit_value_trend(sums(world(200, 2)), fewest=500) == ValueTrend(entities=fit_value_trend(sums(world(200, 2)), fewest=1).entities)
    once = pd.DataFrame({"entity": [0, 1, 2, 2], "ago": [1, 2, 3, 3], "value": 5.0})
    assert fit_value_trend(sums(once), fewest=1) == ValueTrend()


def test_a_history_of_less_than_two_years_tells_no_trend():
    short = sums(world(200, 2)).assign(age_days=650)
    assert fit_value_trend(short, fewest=50) == ValueTrend()
    assert fit_value_trend(short.assign(age_days=729), fewest=50).std_error > 0


def test_what_counts_of_a_number_is_the_part_beyond_chance():
    """1 - 1 / 9 of three standard errors, none of one and a half."""
    assert believed(0.3, 0.01) == pytest.approx(0.3 * 8 / 9)
    assert believed(-0.3, 0.01) == pytest.approx(-0.3 * 8 / 9)
    assert believed(0.15, 0.01) == believed(0.0, 0.0) == 0.0


def test_values_are_brought_to_today_by_their_mean_time():
    history = pd.DataFrame({"positive_events": [2, 1, 0], "positive_days": [600, 0, 0]})
    assert ValueTrend(1e-3, 1e-6, 60).until_now(history).to_numpy() == pytest.approx([np.exp(0.3), 1.0, 1.0], rel=1e-4)
    assert (ValueTrend(1e-3, 9e-4, 60).until_now(history) == 1).all()
