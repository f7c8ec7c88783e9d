"""One base of customers as several that know nothing of one another, so that a world tells more than once."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from analysis.lifetime_value.forecasting import Outcome, forecast_value
from analysis.lifetime_value.histories import Histories
from analysis.models.known import Known
from tests.recovery.ground import Ground


def parts_of(histories: Histories, count: int) -> list[Histories]:
    """The histories of every ``count``-th customer, from each of the first ``count`` on."""
    ids = histories.now["customer_id"]

    def known(whole: Known, chosen: set[str]) -> Known:
        return replace(whole, rows=kept(whole.rows, whole, chosen), seasonal=None if whole.seasonal is None else kept(whole.seasonal, whole, chosen))

    def kept(frame: pd.DataFrame, whole: Known, chosen: set[str]) -> pd.DataFrame:
        return frame[whole.rows["customer_id"].isin(chosen).to_numpy()].reset_index(drop=True)

    found = []
    for part in range(count):
        chosen = set(ids.iloc[part::count])
        origins = [
            replace(origin, before=known(origin.before, chosen), after=kept(origin.after, origin.before, chosen)) for origin in histories.origins
        ]
        found.append(replace(histories, known=known(histories.known, chosen), origins=tuple(origins)))
    return found


def forecasts(ground: Ground, count: int) -> list[tuple[Histories, Outcome]]:
    """What the lifetime value stage finds of each part; of all at once where ``count`` is 1."""

    def make() -> list[tuple[Histories, Outcome]]:
        if count == 1:
            return [(ground.valuation.histories, ground.valuation.outcome)]
        with ground.inside():
            settings = ground.stage("lifetime_value").settings
        return [(part, forecast_value(part, settings, pd.Series(dtype=str))) for part in parts_of(ground.histories, count)]

    return ground.once(f"forecasts of {count} parts", make)
