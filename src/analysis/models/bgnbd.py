"""BG/NBD: entities act at random while active and may stop after any repeat event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from analysis.models.event_dropout import EventDropoutModel


@dataclass(frozen=True, kw_only=True)
class BgNbd(EventDropoutModel):
    """Fitted BG/NBD model (Fader, Hardie & Lee 2005).

    While active, an entity has events at a Poisson rate of its own; rates vary as Gamma(r, alpha). After each
    repeat event it stops for good with a probability of its own; probabilities vary as Beta(a, b).

    * r: how alike the rates are. Near 0 a few entities have nearly all events; above 10 all are much alike.
    * alpha: unit of time; alpha / r is the mean time between events at the average rate.
    * a, b: a / (a + b) is the mean probability of stopping at an event; the larger a + b, the more alike.
    * p: one probability for all, where the data could not tell probabilities apart (then a and b are None);
      all three are None where nobody seems to stop.

    An entity without a repeat event had no chance to stop, so the model calls it active with certainty. Judge
    such entities by ``forecast.probability_no_event``, not by ``forecast.probability_alive``.

    References
    ----------
    Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2), 275-284.
    Schmittlein, Morrison & Colombo (1987), Management Science 33(1), 1-24, for the limit without stopping.
    """

    chance_at_first_event: ClassVar[int] = 0


def fit_bgnbd(summary: pd.DataFrame) -> BgNbd:
    """Fit how often events repeat and how likely each is the last.

    L = Gamma(r + x) / Gamma(r) alpha^r [B(a, b + x) / B(a, b) (alpha + T)^-(r + x)
    + 1{x > 0} B(a + 1, b + x - 1) / B(a, b) (alpha + t_x)^-(r + x)]

    Parameters
    ----------
    summary : one row per entity: ``repeats`` (count), ``span_days``, ``age_days`` (one unit of time, in which
        alpha is then given). Row order and other columns do not matter; the frame is not changed.

    Returns
    -------
    The fit. Its ``status`` says whether the data could tell the probabilities of stopping apart; where they
    could not, a limit model is fitted and the same functions of ``forecast`` apply.

    Raises
    ------
    FitError : a column is missing, a value is impossible, or nobody has a repeat event.

    References
    ----------
    Fader, Hardie & Lee (2005), equation 6.
    """
    return BgNbd.fit(summary)
