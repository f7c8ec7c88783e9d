"""Who has been silent for so long: how likely is a return, and when do most returns come.

What is known of a silence is its length, and whether an event ended it or it still lasts. Among silences longer than
s, the time beyond s has a survival curve of its own, and 1 less that curve is the share that returned. Silences are
taken as independent; an entity with many of them makes the intervals a little too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.models.survival_curve import survival_curve


def curve_beyond(days: pd.Series, ended: pd.Series, *, silent: int, level: float) -> pd.DataFrame:
    """Share that returned by each day beyond a silence: ``day, at_risk, share, lo, hi``, a row a day with a return.

    Parameters
    ----------
    days : length of each silence in whole days, up to the event that ended it or to the last day known.
    ended : whether an event ended it.
    silent : days of silence that have passed.
    level : of the intervals.
    """
    longer = days > silent
    rest = days[longer] - silent
    curve = survival_curve(rest, ended[longer], pd.Series(1, rest.index), level=level)
    return pd.DataFrame({"day": curve["step"], "at_risk": curve["at_risk"], "share": 1 - curve["share"],
                         "lo": 1 - curve["hi"], "hi": 1 - curve["lo"]})  # fmt: skip


def return_chances(
    days: pd.Series, ended: pd.Series, *, silent: Sequence[int], within: int, level: float
) -> pd.DataFrame:
    """P(return within some days | silent for s days), for several s.

    Parameters
    ----------
    days, ended, level : as ``curve_beyond``.
    silent : lengths of silence asked about.
    within : days ahead.

    Returns
    -------
    One row a length, indexed by it: ``n`` silences that lasted longer, ``value, lo, hi``. All three are missing where no
    silence was followed that far; ``lo, hi`` where nobody returned, or everybody.
    """
    rows = [_chance(days, ended, length, within, level) for length in silent]
    return pd.DataFrame(rows, pd.Index(silent, name="silent"), ["n", "value", "lo", "hi"])


def _chance(days: pd.Series, ended: pd.Series, silent: int, within: int, level: float) -> tuple[float, ...]:
    n = int((days > silent).sum())
    if not (days >= silent + within).any():
        return n, np.nan, np.nan, np.nan
    curve = curve_beyond(days, ended, silent=silent, level=level)
    by_then = curve[curve["day"] <= within]
    return (n, *by_then[["share", "lo", "hi"]].iloc[-1]) if len(by_then) else (n, 0.0, np.nan, np.nan)


def return_window(
    days: pd.Series, ended: pd.Series, *, silent: int, within: int, share: float, level: float
) -> tuple[float, float, float]:
    """Days beyond a silence in which a share of the returns come that come at all within a longer time.

    Parameters
    ----------
    days, ended, silent, level : as ``curve_beyond``.
    within : the longer time, in days beyond the silence.
    share : of the returns, as 0.8 for most.

    Returns
    -------
    Days, with the ends of their interval: where the curve, its upper and its lower end reach that share of all that
    returned. An end is ``within`` where its curve does not reach it, and all are missing where nobody returned.

    References
    ----------
    Brookmeyer & Crowley (1982), Biometrics 38:29-41: the interval of a quantile is where the band crosses it.
    """
    if not (days >= silent + within).any():
        return np.nan, np.nan, np.nan
    curve = curve_beyond(days, ended, silent=silent, level=level)
    curve = curve[curve["day"] <= within]
    if curve.empty:
        return np.nan, np.nan, np.nan
    wanted = share * curve["share"].iloc[-1]
    first, early, late = (
        float(curve.loc[curve[column] >= wanted, "day"].min()) for column in ("share", "hi", "lo")
    )
    return first, early, float(within) if np.isnan(late) else late
