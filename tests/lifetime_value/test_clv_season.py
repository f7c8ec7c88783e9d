"""Orders that come and go with the season: the clock of the season predicts them, and wins."""

import numpy as np
import pandas as pd
import pytest

from analysis.core import params
from analysis.lifetime_value.forecasting import forecast_value
from analysis.lifetime_value.histories import holdout_of, read_histories
from analysis.models.season import Clock
from tests.event_tables import ROOT
from tests.worlds_of_orders import UNIT, stage_on

AS_OF = pd.Timestamp("2024-12-31")
PACE = (0.4, 0.4, 0.7, 0.8, 0.9, 1.0, 1.0, 1.1, 1.3, 1.4, 1.5, 1.5)


def seasonal_world(n, *, seed):
    """Customers of four years whose orders come at random on the clock of the season and never end."""
    rng, clock = np.random.default_rng(seed), Clock(PACE)
    calendar = pd.date_range("2021-01-01", AS_OF)
    shown = clock.at(calendar)
    rows = []
    for place in range(n):
        at, rate = rng.uniform(shown[0], shown[len(shown) // 2]), rng.gamma(3.0, 1 / 120)
        while at < shown[-1]:
            rows.append((f"c{place:04}", calendar[np.searchsorted(shown, at)], UNIT * 100))
            at += rng.exponential(1 / rate)
    frame = pd.DataFrame(rows, columns=["customer_id", "order_date", "bought_e4"])
    return frame.drop_duplicates(["customer_id", "order_date"], ignore_index=True)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("season")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        stage = stage_on(
            folder, "lifetime_value", seasonal_world(500, seed=3), as_of=f"{AS_OF:%Y-%m-%d}", models=("bgnbd",), draws=50,
            holdout_months=6,
        )  # fmt: skip
        histories = read_histories(stage)
        return histories, forecast_value(histories, stage.settings, pd.Series(dtype=str))


def test_the_pace_of_every_month_is_found(found):
    season = found[0].known.season
    assert season.p_value < 1e-6
    assert np.array(season.index) == pytest.approx(np.array(PACE) / np.mean(PACE), abs=0.1)


def test_the_clock_of_the_season_predicts_better_and_is_published(found):
    scores = found[1].proof.scores.set_index(["method", "clock"])
    assert found[1].proof.winner.clock_name == "season"
    season, calendar = (scores.loc[("bgnbd", clock), "worst_total_error"] for clock in ("season", "calendar"))
    assert season < 0.1 < calendar, "half a year holds much less or much more than half of the orders"


def test_gaps_on_the_clock_are_those_between_what_it_shows(found):
    known = found[0].known
    some = known.seasonal[known.seasonal["repeats"] == 1]
    assert some["log_gaps"].to_numpy() == pytest.approx(np.log(some["span_days"].to_numpy()), abs=1e-6)
    assert len(some) > 0


@pytest.mark.parametrize(
    ("first", "months"), [("2022-04-01", 12), ("2022-04-02", 6), ("2023-07-02", 3), ("2024-12-01", 1)], ids=str
)
def test_the_months_to_predict_are_halved_until_the_earliest_origin_has_seen_as_many(first, months):
    asked = params.load(ROOT / "params.yaml").lifetime_value
    assert (asked.holdout_months, asked.origins) == (12, 4)
    assert holdout_of(asked, AS_OF, pd.Timestamp(first)) == months
