"""One base of customers as several that know nothing of one another, so that a world tells more than once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from analysis.lifetime_value.forecasting import Outcome, forecast_value
from analysis.lifetime_value.histories import Histories
from tests.recovery.ground import Ground


def parts_of(histories: Histories, count: int) -> list[Histories]:
    """The histories of every ``count``-th customer, from each of the first ``count`` on."""
    ids = histories.now["customer_id"]
    found = []
    for part in range(count):
        chosen = set(ids.iloc[part::count])

        def kept(frame: Any, chosen: set[str] = chosen) -> Any:
            return frame["customer_id"].isin(chosen)

        found.append(replace(
            histories, now=histories.now[kept(histories.now)].reset_index(drop=True),
            before=histories.before[kept(histories.before)].reset_index(drop=True),
            after=histories.after[kept(histories.before).to_numpy()].reset_index(drop=True),
        ))  # fmt: skip
    return found


def forecasts(ground: Ground, count: int) -> list[tuple[Histories, Outcome]]:
    """What the lifetime value stage finds of each part; of all at once where ``count`` is 1."""

    def make() -> list[tuple[Histories, Outcome]]:
        if count == 1:
            return [(ground.valuation.histories, ground.valuation.outcome)]
        with ground.inside():
            settings = ground.stage("lifetime_value").settings
        return [(part, forecast_value(part, settings)) for part in parts_of(ground.histories, count)]

    return ground.once(f"forecasts of {count} parts", make)
