"""Models that the past dates cannot tell apart from the best are averaged; all others are not."""

import numpy as np
import pandas as pd
import pytest

from analysis.lifetime_value.forecasting import forecast_value
from analysis.lifetime_value.histories import read_histories
from analysis.lifetime_value.orders import Way, average_of, draw_way, fit_way
from analysis.lifetime_value.ties import average_of_tied, is_tied
from analysis.models.forecast import expected_events
from tests.worlds_of_orders import order_world, stage_on

BEST, CLOSE, FAR = Way("bgnbd"), Way("mbgnbd"), Way("pareto_nbd")
ACTUAL = np.array([0.0, 2.0, 0.0, 2.0])
CUSTOMERS = [np.array(["a", "b"]), np.array(["a", "b"])]


def averaged(**others):
    orders = {BEST: np.array([0.0, 1.0, 1.0, 2.0])} | {Way(name): np.array(value) for name, value in others.items()}
    return average_of_tied(BEST, CUSTOMERS, orders, ACTUAL)


def test_a_difference_is_held_against_its_error_by_customer():
    """Differences 3, -1 of one customer and 1, -1 of another: mean 1/2; less it their sums are 1 and -1: error sqrt(2) / 4."""
    difference, customer = np.array([3.0, 1.0, -1.0, -1.0]), np.array([0, 1, 0, 1])
    assert not is_tied(difference, customer)  # 0.5 against 0.354
    assert is_tied(difference, np.arange(4))  # against sqrt(2.5^2 + .5^2 + 1.5^2 + 1.5^2) / 4 = 0.829, were they four customers
    assert is_tied(-difference, customer), "better than the best is no worse"


def test_models_within_the_error_are_averaged_and_those_beyond_are_not():
    found = averaged(mbgnbd=[1.0, 2.0, 1.0, 2.0], pareto_nbd=[9.0, 9.0, 9.0, 9.0])
    assert found == Way("average", "calendar", (BEST, CLOSE))
    assert found.is_model
    assert found.methods == ("bgnbd", "mbgnbd")


def test_equal_predictions_count_once_and_a_winner_alone_is_no_average():
    assert averaged(mbgnbd=[0.0, 1.0001, 1.0, 2.0]) is None
    assert averaged(pareto_nbd=[9.0, 9.0, 9.0, 9.0]) is None


def test_rules_and_other_clocks_are_never_averaged():
    close = [1.0, 2.0, 1.0, 2.0]
    assert averaged(hiatus=close) is None
    orders = {BEST: np.array([0.0, 1.0, 1.0, 2.0]), Way("mbgnbd", "season"): np.array(close)}
    assert average_of_tied(BEST, CUSTOMERS, orders, ACTUAL) is None
    assert average_of_tied(Way("hiatus"), CUSTOMERS, orders | {Way("hiatus"): ACTUAL}, ACTUAL) is None


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Three laws alike on a small base, which chance alone would choose among."""
    folder = tmp_path_factory.mktemp("ties")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        days = order_world(300, start="2023-01-01", end="2024-12-31", seed=2)
        stage = stage_on(folder, "lifetime_value", days, as_of="2024-12-31", models=("bgnbd", "mbgnbd", "pareto_nbd"), draws=60)
        histories = read_histories(stage)
        return histories, stage.settings, forecast_value(histories, stage.settings, pd.Series(dtype=str))


def test_what_is_published_is_the_mean_of_the_tied_models(run):
    histories, settings, outcome = run
    winner = outcome.proof.winner
    assert len(winner.parts) > 1
    near = outcome.prediction.clv.query("horizon_months == 12")
    assert set(near["method"]) == {"average"}
    days = 12 * 365.25 / 12
    each = [expected_events(fit_way(part, histories.now, settings), histories.now, horizon_days=days) for part in winner.parts]
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
    average = Way("average", "calendar", (Way("mbgcnbd"), Way("mbgnbd"), Way("pareto_nbd")))
    fits = {part: fit_way(part, histories.now, settings) for part in average.parts}
    regular, plain, timed = fits.values()
    assert regular.k == 1
    expected = [expected_events(fit, histories.now, horizon_days=365).to_numpy() for fit in (plain, timed)]
    assert average_of(average, fits).models == (regular, timed)
    mean = expected_events(average_of(average, fits), histories.now, horizon_days=365)
    np.testing.assert_allclose(mean, np.mean(expected, axis=0), rtol=1e-6)


def test_draws_come_from_each_model_in_turn(run):
    histories, settings, outcome = run
    drawn = draw_way(outcome.orders.fit, histories.now, settings)
    kinds = [type(one).__name__ for one in drawn]
    count = len(outcome.proof.winner.parts)
    assert len(drawn) == settings.draws
    assert kinds[:count] == [type(model).__name__ for model in outcome.orders.fit.models]
    assert kinds == (kinds[:count] * settings.draws)[: settings.draws]
