"""C1: what the origins teach of a model's risks, judged as everything else by what was known then.

At each origin the log-odds of the model become a + b x log-odds, with a and b from a Logit of what had happened at the origins
before it on what the model had said there (Cox 1958, Biometrika 45, 562-565; Platt 1999); at the first origin they stay. The
ranking is the same. The correction takes part like any other way, and is published only where the model itself was surely
off by more than its parameters can be: a slope or an intercept whose interval lies more than a tenth from 1 or 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.churn.trials import Trial
from analysis.churn.ways import Way
from analysis.models.newton import Array
from analysis.models.reliability import fit_logit, log_odds, separates

Corrections = Mapping[int, tuple[float, float]]  # by time ahead: a and b


def with_correction(trials: Sequence[Trial], way: Way) -> tuple[tuple[Trial, ...], Corrections]:
    """The trials with the corrected way beside the others, and the correction that all of them teach for today."""
    better = replace(way, is_corrected=True)
    found = []
    for trial in trials:
        days_ahead = [days for days in trial.chances if way in trial.chances[days]]
        scorer = replace(trial.scorers[way], way=better, corrections=_learn(trials, way, days_ahead, trial.known.day))
        told = {days: scorer.no_order(trial.known, days).values for days in days_ahead}
        found.append(replace(
            trial, scorers={**trial.scorers, better: scorer},
            ranks={days: {**ranks, **({better: told[days]} if days in told else {})} for days, ranks in trial.ranks.items()},
            chances={days: {**chances, **({better: told[days]} if days in told else {})} for days, chances in trial.chances.items()},
        ))  # fmt: skip
    everything = sorted({days for trial in trials for days in trial.chances if way in trial.chances[days]})
    return tuple(found), _learn(trials, way, everything, None)


def _learn(trials: Sequence[Trial], way: Way, days_ahead: Sequence[int], known_by: pd.Timestamp | None) -> Corrections:
    """From all trials whose days ahead had passed by a day."""
    found: dict[int, tuple[float, float]] = {}
    for days in days_ahead:
        length = pd.Timedelta(days=days)
        told = [one for one in trials if way in one.chances.get(days, {}) and (known_by is None or one.known.day + length <= known_by)]
        if told:
            chance = np.concatenate([one.chances[days][way] for one in told])
            found[days] = _fitted(chance, np.concatenate([one.moment.stayed_away[days] for one in told]))
    return found


def _fitted(chance: Array, outcome: Array) -> tuple[float, float]:
    """a and b; none where the risks told the outcomes apart wholly, or the wrong way round."""
    odds = log_odds(chance)
    if separates(odds, outcome):
        return 0.0, 1.0
    a, b = (float(value) for value in fit_logit(odds[:, None], outcome).params)
    return (a, b) if b > 0 else (0.0, 1.0)
