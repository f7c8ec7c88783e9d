"""C2: what goes with a slower return, by how much, how surely, and how much money goes with it.

Two questions, never mixed. How soon does the next order follow, with a driver and without? That is the return hazard, by
which customers and money are counted. And by how many points is no order within a horizon likelier? That is a Logit at
landmarks, once without the silence, which a driver works through, and once with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.churn.driver_choice import FEWEST_KNOTS, adjusters, carried, joined_classes, left_out
from analysis.churn.driver_evidence import evidence
from analysis.churn.driver_rows import Known, landmark_rows, monthly_rows, rows_ahead
from analysis.churn.driver_terms import BUILT_IN
from analysis.core.contracts.churn_drivers import DRIVER_EFFECTS
from analysis.core.errors import FitError
from analysis.core.params import Churn
from analysis.models.attributable import adjust_p_values, attributable_silences
from analysis.models.landmark import LandmarkLogit, fit_landmark_logit
from analysis.models.newton import Array
from analysis.models.periods import DAYS_PER_MONTH
from analysis.models.person_periods import cells_of_each, cells_of_rows
from analysis.models.return_hazard import ReturnHazard, fit_return_hazard

OWN = "own"  # kind and owner of a column of the user's
SILENCE = "silence"
MEASURES = ("customers", "clv")
ENDS = {"": "value", "_lo": "lower", "_hi": "upper"}


@dataclass(frozen=True)
class Findings:
    """What the data say of the drivers.

    Attributes
    ----------
    table : one row a driver, the table ``driver_effects``.
    hazard, landmark : the fits; ``predictive``: the Logit that also knows the silence, which tells who and not why; ``known``:
        what they hold alike, thin classes joined. None where there is too little to go by.
    at_risk : customers at risk now, in the whole base.
    reason : why there are no effects; empty where there are. ``detail`` is what a model stopped at.
    """

    table: pd.DataFrame
    hazard: ReturnHazard | None = None
    landmark: LandmarkLogit | None = None
    predictive: LandmarkLogit | None = None
    known: Known | None = None
    at_risk: int = 0
    reason: str = ""
    detail: str = ""

    @property
    def judged(self) -> pd.DataFrame:
        """Rows of ``table`` with an effect, slowest return first."""
        return self.table[self.table["hazard_ratio"].notna()].sort_values(["hazard_ratio", "driver"], ignore_index=True)


def judge_drivers(known: Known, value: Array, settings: Churn, *, asked: Sequence[str] = ()) -> Findings:
    """Fit the models to what was known, and weigh each driver in customers and money.

    Parameters
    ----------
    value : lifetime value of each customer of the panel, missing where there is none.
    asked : drivers that the user named; one that cannot be judged stops the stage.
    """
    horizon = horizon_months(settings)
    known = joined_classes(known, monthly_rows(known), landmark_rows(known, horizon))
    monthly, landmarks = monthly_rows(known), landmark_rows(known, horizon)
    reasons = left_out(known, monthly, landmarks, asked)
    names = [name for name in known.values if name not in reasons]
    blank = pd.DataFrame({"driver": [*names, *reasons]}).assign(reason=[*[""] * len(names), *reasons.values()])
    if not names:
        return Findings(_filled(blank), reason="no_drivers")
    knots = _knots(monthly, settings)
    held = adjusters(monthly, names, known, _level_columns(monthly, knots))
    standing = adjusters(landmarks, names, known, landmarks["period"].nunique())
    if not (carried(monthly, [*names, *held], _level_columns(monthly, knots))
            and carried(landmarks, [*names, *standing], landmarks["period"].nunique())):  # fmt: skip
        return Findings(_filled(blank), reason="few_events")
    try:
        return _judged(known, value, settings, monthly, landmarks, names, held, standing, knots, blank)
    except FitError as fault:
        if asked:
            raise
        return Findings(_filled(blank), reason="stopped", detail=str(fault))


def horizon_months(settings: Churn) -> int:
    """The horizon in whole months."""
    return max(1, round(settings.horizon_days / DAYS_PER_MONTH))


def _judged(
    known: Known, value: Array, settings: Churn, monthly: pd.DataFrame, landmarks: pd.DataFrame, names: list[str],
    held: list[str], standing: list[str], knots: tuple[float, ...] | None, blank: pd.DataFrame,
) -> Findings:  # fmt: skip
    level = settings.interval_level
    hazard = fit_return_hazard(cells_of_rows(monthly, [*names, *held]), knots=knots)
    stood = cells_of_rows(landmarks, [*names, *standing])
    landmark = fit_landmark_logit(stood)
    seen = cells_of_rows(landmarks, [*names, *standing, SILENCE])
    predictive = fit_landmark_logit(seen)
    ahead = rows_ahead(known, horizon_months(settings))
    ratios = hazard.hazard_ratios(level).loc[names]
    points, knowing = landmark.marginal_effects(stood, level).loc[names], predictive.marginal_effects(seen, level).loc[names]
    named = adjust_p_values(ratios["p_value"])
    table = pd.DataFrame({
        "driver": names, "hazard_ratio": ratios["hazard_ratio"], "lo": ratios["lower"], "hi": ratios["upper"],
        "p_value": ratios["p_value"], "holm": named["holm"],
        "points": points["effect_points"], "points_lo": points["lower"], "points_hi": points["upper"],
        "points_knowing_silence": knowing["effect_points"],
    }).reset_index(drop=True)  # fmt: skip
    table = table.join(_weights(hazard, ahead, value, names, known.panel.drawn, settings))
    table = table.merge(evidence(known, names, knots, settings), on="driver", how="left", validate="1:1")
    chosen = table["holm"] < settings.drivers.named_below
    slower = table["hazard_ratio"] < 1
    within = np.where(slower, table["within_hi"] < 1, table["within_lo"] > 1)
    holds = chosen & within & (table["placebo_p"] >= settings.drivers.named_below)
    table = table.assign(grade=np.where(holds, "B", "C"), is_named=chosen)
    return Findings(
        _filled(blank.merge(table, on="driver", how="left", validate="1:1")), hazard, landmark, predictive, known,
        round(len(ahead[0]) / known.panel.drawn),
    )  # fmt: skip


def _weights(fit: ReturnHazard, ahead: list[pd.DataFrame], value: Array, names: list[str], drawn: float, settings: Churn) -> pd.DataFrame:
    """Customers and lifetime value that go with each driver over the next horizon, of those at risk now; what of a driver is
    below 0, such as a fall of prices, is left as it is."""
    now = ahead[0]
    worth = value[now["entity"].to_numpy()]
    is_valued = bool(np.isfinite(worth).any())
    taken = now[names].clip(lower=0)
    weights = np.column_stack([np.ones(len(now)), np.nan_to_num(worth)]) / drawn
    found = attributable_silences(
        fit, [cells_of_each(rows, fit.covariates) for rows in ahead], taken, weights,
        draws=settings.draws, seed=settings.random_seed, level=settings.interval_level,
    )  # fmt: skip
    exposed = (taken > 0).sum().to_numpy()
    columns: dict[str, Array] = {"exposed": np.round(exposed / drawn), "exposed_share": exposed / max(len(now), 1)}
    for place, name in enumerate(MEASURES[: 1 + is_valued]):
        rows = found[found["measure"] == place]
        columns |= {f"{name}{end}": rows[column].to_numpy() for end, column in ENDS.items()}
    return pd.DataFrame(columns)


def _filled(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``driver_effects``, those that were left out without an effect."""
    known = [BUILT_IN.get(name) for name in table["driver"]]
    whole = table.assign(
        kind=[OWN if driver is None else "ours" if driver.ours else "theirs" for driver in known],
        unit=[np.nan if driver is None else driver.unit for driver in known],
        owner=[OWN if driver is None else driver.owner for driver in known], reason=table["reason"].replace("", None),
    ).reindex(columns=list(DRIVER_EFFECTS.by_name))  # fmt: skip
    return whole.assign(is_named=whole["is_named"].astype("boolean").fillna(value=False).astype(bool))


def _knots(monthly: pd.DataFrame, settings: Churn) -> tuple[float, ...] | None:
    """The curve over the months of silence; None, which is a level for each, where few of them were seen."""
    seen = monthly["period"].max()
    knots = tuple(float(knot) for knot in settings.drivers.knots if knot <= seen)
    return knots if len(knots) >= FEWEST_KNOTS else None


def _level_columns(monthly: pd.DataFrame, knots: tuple[float, ...] | None) -> int:
    return len(knots) if knots else int(monthly["period"].nunique())
