"""The average of the models is published, unless one model did clearly better at the past dates."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.core import params
from analysis.lifetime_value.averaging import is_clear, proven_model
from analysis.lifetime_value.forecasting import forecast_value
from analysis.lifetime_value.histories import read_histories
from analysis.lifetime_value.orders import Way, average_on, draw_way, expected_orders, fit_ways, ways_of
from analysis.models.bgnbd import fit_bgnbd
from analysis.models.deviance import poisson_deviance
from analysis.models.forecast import expected_events
from analysis.models.mbgnbd import fit_mbgnbd
from analysis.models.pareto_nbd import fit_pareto_nbd
from tests.worlds_of_orders import order_world, stage_on

ROOT = Path(__file__).parents[2]
ONE, TWO = Way("bgnbd"), Way("mbgnbd")
AVERAGE = Way("average", "calendar", (ONE, TWO))
ACTUAL = np.array([0.0, 2.0, 0.0, 2.0])
CUSTOMERS = [np.array(["a", "b"]), np.array(["a", "b"])]


def proven(*, one, average, **others):
    orders = {ONE: np.array(one), AVERAGE: np.array(average)} | {Way(name): np.array(value) for name, value in others.items()}
    return proven_model(CUSTOMERS, orders, ACTUAL)


def test_deviance_is_that_of_the_poisson_law():
    """2 (y ln(y / f) - y + f): of 2 where 1 came 2 (ln(1/2) + 1), of 0.5 where none came 1."""
    found = poisson_deviance(np.array([1.0, 0.0, 3.0, 1.0]), np.array([2.0, 0.5, 3.0, 0.0]))
    assert found == pytest.approx([2 * (np.log(0.5) + 1), 1.0, 0.0, np.inf])


def test_a_gain_is_held_against_its_error_by_customer():
    """Gains 3, -1 of one customer and 1, -1 of another: mean 1/2; less it their sums are 1 and -1: error sqrt(2) / 4 = 0.354."""
    gain, customer = np.array([3.0, 1.0, -1.0, -1.0]), np.array([0, 1, 0, 1])
    assert not is_clear(gain, customer)  # 0.5 against 0.707
    assert is_clear(gain + 0.21, customer)  # 0.71 against 0.707
    assert not is_clear(gain + 0.21, np.arange(4))  # against 2 sqrt(2.5^2 + .5^2 + 1.5^2 + 1.5^2) / 4 = 1.658, were they four customers
    assert not is_clear(-gain - 0.21, customer), "a loss is no gain"


def test_the_average_is_taken_unless_a_model_is_clearly_better():
    """Where nothing comes, f costs 2 f. The model gains 0.6 and loses 0.4 on a: mean 0.05; less it the sums are 0.1 and -0.1: error 0.035."""
    assert proven(one=[0.2, 2, 0.5, 2], average=[0.5, 2, 0.3, 2]) == AVERAGE
    assert proven(one=[0.2, 2, 0.2, 2], average=[1, 1, 1, 1]) == ONE
    close = [0.1000009, 2.0019, 0.1000009, 2.0019]  # each costs 1.8e-6 more, so that the gain has no error
    assert proven(one=[0.1, 2, 0.1, 2], average=close) == AVERAGE, "one law, which optimisers left apart"
    assert AVERAGE.is_model
    assert AVERAGE.methods == ("bgnbd", "mbgnbd")


def test_rules_and_averages_of_other_clocks_are_passed_over():
    assert proven(one=[1, 1, 1, 1], average=[1, 1, 1, 1], hiatus=ACTUAL).is_model
    seasonal = Way("bgnbd", "season")
    assert proven_model(CUSTOMERS, {seasonal: np.array([0.1, 2, 0.1, 2]), AVERAGE: np.ones(4)}, ACTUAL) == seasonal


def test_an_average_has_the_models_of_its_clock_and_one_model_has_none():
    settings = params.load(ROOT / "params.yaml").lifetime_value
    ways = ways_of(settings, seasonal=True)
    for clock in ("calendar", "season"):
        assert average_on(clock, ways).parts == tuple(Way(model, clock) for model in settings.models)
    assert average_on("calendar", [ONE, Way("hiatus")]) is None


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Three laws on a small base, which chance alone would choose among."""
    folder = tmp_path_factory.mktemp("average")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        days = order_world(300, start="2023-01-01", end="2024-12-31", seed=2)
        stage = stage_on(folder, "lifetime_value", days, as_of="2024-12-31", models=("bgnbd", "mbgnbd", "pareto_nbd"), draws=60)
        histories = read_histories(stage)
        return histories, stage.settings, forecast_value(histories, stage.settings, pd.Series(dtype=str))


def test_what_is_published_is_the_mean_of_the_models(run):
    histories, _, outcome = run
    winner = outcome.proof.winner
    assert winner.method == "average"
    near = outcome.prediction.clv.query("horizon_months == 12")
    assert set(near["method"]) == {"average"}
    days = 12 * 365.25 / 12
    each = [expected_events(fit_bgnbd(histories.now), histories.now, horizon_days=days),
            expected_events(fit_mbgnbd(histories.now), histories.now, horizon_days=days),
            expected_events(fit_pareto_nbd(histories.now), histories.now, horizon_days=days)]  # fmt: skip
    level = outcome.proof.widening.orders_level
    np.testing.assert_allclose(near["exp_orders"], level * np.mean(each, axis=0), rtol=1e-9)


def test_an_average_errs_no_more_than_its_models_do_on_average(run):
    proof = run[2].proof
    error = proof.scores.set_index("method")["rmse"] ** 2
    parts = [part.method for part in proof.winner.parts]
    assert error["average"] <= error[parts].mean()
    assert proof.scores["is_published"].sum() == 1
    assert proof.scores.loc[proof.scores["is_published"], "method"].item() == "average"


def test_models_that_come_to_one_law_count_once(run):
    """Gaps of the world come by chance, so that the model of regular gaps ends with k = 1, which is MBG/NBD."""
    histories, settings, _ = run
    parts = (Way("mbgcnbd"), Way("mbgnbd"), Way("pareto_nbd"))
    average = Way("average", "calendar", parts)
    fits = fit_ways([*parts, average], histories.known, settings)
    regular, plain, timed, averaged = fits.values()
    assert regular.k == 1
    assert averaged.models == (regular, timed)
    mean = np.mean([expected_events(fit, histories.now, horizon_days=365).to_numpy() for fit in (plain, timed)], axis=0)
    np.testing.assert_allclose(expected_events(averaged, histories.now, horizon_days=365), mean, rtol=1e-6)
    np.testing.assert_allclose(expected_orders(fits, histories.known, 365)[average], mean, rtol=1e-6)


def test_draws_come_from_each_model_in_turn(run):
    histories, settings, outcome = run
    drawn = draw_way(outcome.orders.fit, histories.now, settings)
    kinds = [type(one).__name__ for one in drawn]
    count = len(outcome.orders.fit.models)
    assert len(drawn) == settings.draws
    assert kinds[:count] == [type(model).__name__ for model in outcome.orders.fit.models]
    assert kinds == (kinds[:count] * settings.draws)[: settings.draws]
