"""What the stage reads: each customer's history now, and as it was known at several origins in the past."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.core import params, tables
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS, RUN_FACTS
from analysis.core.engine import open_engine
from analysis.core.stage import Stage
from analysis.models.history import History, open_history
from analysis.models.known import Known, know
from analysis.models.periods import months_before


@dataclass(frozen=True)
class Origin:
    """A day in the past from which the months after it were predicted.

    Attributes
    ----------
    before : what was known on that day.
    after : ``orders`` and ``value`` in the months after it, one row for each row of ``before``.
    days : until the end of those months.
    """

    before: Known
    after: pd.DataFrame
    days: int


@dataclass(frozen=True)
class Histories:
    """Histories now and at the origins.

    Attributes
    ----------
    known : at ``as_of``.
    origins : from the earliest to the latest; at those left out, nobody was known.
    by_day : repeat ``events`` by ``day`` of the customers known at the latest origin.
    value_name : what value means: contribution where its sum is above 0, else revenue.
    holdout_months : months after each origin.
    """

    known: Known
    origins: tuple[Origin, ...]
    by_day: pd.DataFrame
    value_name: str
    holdout_months: int

    @property
    def is_seasonal(self) -> bool:
        """Whether there is a season, and one was seen at some origin, so that predictions on its clock can be tried."""
        return self.known.seasonal is not None and any(origin.before.seasonal is not None for origin in self.origins)

    @property
    def now(self) -> pd.DataFrame:
        """One row a customer at ``as_of``."""
        return self.known.rows

    @property
    def as_of(self) -> pd.Timestamp:
        """The last day that counts."""
        return self.known.day


def read_histories(stage: Stage) -> Histories:
    """Read the histories at ``as_of`` and at every origin; what was returned after a day is not known on it."""
    settings: params.LifetimeValue = stage.settings
    facts = tables.read(RUN_FACTS).iloc[0]
    value_name, months = facts["value_name"], holdout_of(settings, stage.as_of, facts["first_date"])
    ends = [months_before(stage.as_of, back) for back in ends_back(settings.origins, months)]
    cuts = [months_before(end, months) for end in ends]
    with open_engine(stage.params.engine) as engine:
        history, now = open_history(engine, CUSTOMER_DAYS, CUSTOMER_RETURNS, value_name, stage.as_of, since=cuts[-1])
        known = know(history, now, stage.as_of, season_below=settings.season_below)
        before = [know(history, history.summary(cut, since=cut), cut, season_below=settings.season_below) for cut in cuts]
        origins = tuple(_origin(history, *one) for one in zip(before, ends, strict=True) if len(one[0].rows))
        by_day = history.repeats_by_day(cuts[-1], stage.as_of)
    return Histories(known, origins, by_day, history.value_name, months)


def holdout_of(settings: params.LifetimeValue, as_of: pd.Timestamp, first: pd.Timestamp) -> int:
    """Months to predict from each origin: as asked, halved until the earliest origin has seen as many before it."""
    months = settings.holdout_months
    while months > 1 and months_before(as_of, 2 * months + ends_back(settings.origins, months)[0]) < first - pd.Timedelta(days=1):
        months = -(-months // 2)
    return months


def ends_back(origins: int, months: int) -> list[int]:
    """Months before ``as_of`` at which the months after each origin end, the earliest first; they lie evenly over as many
    months as each predicts."""
    return [place * -(-months // origins) for place in reversed(range(origins))]


def _origin(history: History, before: Known, end: pd.Timestamp) -> Origin:
    after = history.following(before.day, end).set_index("customer_id")
    came = after.reindex(before.rows["customer_id"]).fillna(0).rename(columns={"events": "orders"})
    return Origin(before, came.reset_index(drop=True), (end - before.day).days)
