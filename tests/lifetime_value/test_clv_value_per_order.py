"""V4: value per order, its groups and what is left out of its fit."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis.core import params
from analysis.lifetime_value.value_per_order import expected_value_per_order, fit_value, frequency_groups
from tests.event_tables import ROOT

SETTINGS = params.load(ROOT / "params.yaml").lifetime_value


def history(orders, means, dropped=0, loss=0.0):
    orders, means = np.asarray(orders), np.asarray(means, float)
    return pd.DataFrame({
        "age_days": 1000, "repeats": orders - 1 + dropped, "positive_events": orders, "positive_value": orders * means,
        "value": orders * means - loss, "positive_days": 0, "positive_days_squared": 0, "positive_value_days": 0.0,
    })  # fmt: skip


def dated(values_by_days_ago):
    """Customers as the history tells them, from the values of their orders by the days that these lie back."""
    each = [pd.Series(values, dtype=float) for values in values_by_days_ago]
    ago = [one.index.to_numpy(float) for one in each]
    return pd.DataFrame({
        "age_days": 1000, "repeats": [len(one) - 1 for one in each], "positive_events": [len(one) for one in each],
        "positive_value": [one.sum() for one in each], "value": [one.sum() for one in each],
        "positive_days": [days.sum() for days in ago], "positive_days_squared": [(days**2).sum() for days in ago],
        "positive_value_days": [(days * one.to_numpy()).sum() for days, one in zip(ago, each, strict=True)],
    })  # fmt: skip


def world(n, seed, q=4.0):
    rng = np.random.default_rng(seed)
    orders = 1 + rng.poisson(3, n)
    return history(orders, rng.gamma(4 * orders) / orders / rng.gamma(q, 1 / 150, n))


def test_means_of_few_orders_are_drawn_further_towards_the_population():
    both = pd.concat([world(500, 1), history([1, 20], [2000, 2000])], ignore_index=True)
    once, often = expected_value_per_order(fit_value(both, SETTINGS)).iloc[-2:]
    assert 200 < once < often < 2000


def test_the_expected_values_add_up_to_the_mean_of_the_population():
    expected = expected_value_per_order(fit_value(world(4000, 2), SETTINGS)).mean()
    assert expected == pytest.approx(4 * 150 / 3, rel=0.03)  # p gamma / (q - 1)


def test_one_model_serves_all_where_frequency_and_value_are_apart():
    found = fit_value(world(800, 3), SETTINGS)
    assert found.labels == ("1+",)
    assert abs(found.correlation) < SETTINGS.max_value_correlation


def test_where_frequency_and_value_go_together_groups_of_frequency_get_their_own_model():
    rng = np.random.default_rng(4)
    orders = 1 + rng.poisson(4, 2000)
    together = history(orders, 50 * orders * rng.gamma(8, 1 / 8, 2000))
    found = fit_value(together, SETTINGS)
    assert found.correlation > SETTINGS.max_value_correlation
    assert found.labels == ("1", "2–3", "4–7", "8+")
    apart = dataclasses.replace(SETTINGS, max_value_correlation=1.0)
    truth = 50 * orders
    grouped, single = (expected_value_per_order(fit_value(together, one)) for one in (SETTINGS, apart))
    few = orders == 1
    assert abs(grouped[few].mean() / truth[few].mean() - 1) < abs(single[few].mean() / truth[few].mean() - 1)


def test_rare_frequencies_join_a_group_until_it_is_large_enough():
    group, labels = frequency_groups(pd.Series([1] * 60 + [2] * 10 + [3] * 45 + [9] * 20 + [70] * 40), 50)
    assert labels == ("1", "2–3", "4+")
    assert group.value_counts().sort_index().tolist() == [60, 55, 60]


def test_orders_below_zero_are_left_out_counted_and_taken_off_again():
    rng = np.random.default_rng(6)
    means = 100 * rng.gamma(9, 1 / 9, 100)
    without = fit_value(history([4] * 100, means), SETTINGS)
    with_losses = fit_value(history([4] * 100, means, dropped=1, loss=40.0), SETTINGS)
    assert (without.left_out, with_losses.left_out) == (0, 100)
    expected = 4 / 5 * expected_value_per_order(without) - 40 / 5  # four of five orders, and 40 lost in five
    assert expected_value_per_order(with_losses).to_numpy() == pytest.approx(expected.to_numpy())


def test_a_customer_that_always_loses_money_is_not_expected_to_bring_any():
    losing = history([1], [10], dropped=40, loss=2000.0)
    expected = expected_value_per_order(
        fit_value(pd.concat([world(300, 8), losing], ignore_index=True), SETTINGS)
    )
    assert expected.iloc[300] < 0 < expected.iloc[:300].min()


def test_expected_values_times_orders_add_up_to_what_the_orders_brought():
    base = pd.concat(
        [world(2000, 9), history([3] * 400, [80] * 400, dropped=2, loss=90.0)], ignore_index=True
    )
    expected = expected_value_per_order(fit_value(base, SETTINGS)) * (base["repeats"] + 1)
    assert expected.sum() == pytest.approx(base["value"].sum(), rel=0.05)


def test_a_base_without_a_valued_order_has_no_fit():
    assert fit_value(history([0, 0], [0, 0], dropped=1), SETTINGS) is None


def test_values_without_a_finite_mean_leave_every_customer_its_own():
    rng = np.random.default_rng(7)
    wild = history([1] * 300, np.exp(rng.normal(0, 3, 300)))
    found = fit_value(pd.concat([wild, history([0], [0], dropped=1)], ignore_index=True), SETTINGS)
    assert found.models[0].q <= 1
    expected = expected_value_per_order(found)
    assert expected.iloc[:300].to_numpy() == pytest.approx(wild["positive_value"].to_numpy())
    assert expected.iloc[300] == 0  # its one order was free


def test_past_values_are_brought_to_the_level_of_today():
    """Values that rise by a ten-thousandth a day come to what they would, had they always stood at today's level."""
    ago = np.array([500, 700, 900])
    today = np.random.default_rng(11).gamma(9, 10, 200)
    rising, still = ([pd.Series(mean * np.exp(-slope * ago), index=ago) for mean in today] for slope in (1e-4, 0))
    found, expected = (expected_value_per_order(fit_value(dated(values), SETTINGS)) for values in (rising, still))
    assert found.to_numpy() == pytest.approx(expected.to_numpy(), rel=0.002)
    assert sum(one.sum() for one in rising) < 0.95 * sum(one.sum() for one in still)


def test_losses_rise_as_values_do():
    ago = np.array([100, 300])
    values = [pd.Series(np.exp(-1e-3 * ago) * scale, index=ago) for scale in np.random.default_rng(12).gamma(9, 1, 100)]
    rising = dated(values)
    losing = rising.assign(repeats=rising["repeats"] + 1, value=0.5 * rising["positive_value"])
    with_losses, without = (expected_value_per_order(fit_value(one, SETTINGS)) for one in (losing, rising))
    # three orders in place of two, and half of what the two brought is lost: 2/3 of the value less half of 2/3
    assert with_losses.sum() == pytest.approx(without.sum() / 3, rel=0.01)
