"""MBG/NBD: as BG/NBD, and an entity may also stop right after its first event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from analysis.models.event_dropout import EventDropoutModel


@dataclass(frozen=True, kw_only=True)
class MbgNbd(EventDropoutModel):
    """Fitted MBG/NBD model (Batislam, Denizel & Filiztekin 2007).

    The parameters mean what they mean in BG/NBD (``bgnbd.BgNbd``). The first event is a chance to stop too,
    so an entity that was seen once is not active with certainty.

    References
    ----------
    Batislam, Denizel & Filiztekin (2007), International Journal of Research in Marketing 24(3), 201-209.
    Hoppe & Wagner (2007), Marketing: Journal of Research and Management 3(2), 75-90.
    """

    chance_at_first_event: ClassVar[int] = 1


def fit_mbgnbd(summary: pd.DataFrame) -> MbgNbd:
    """Fit how often events repeat and how likely each, the first included, is the last.

    L = Gamma(r + x) / Gamma(r) alpha^r [B(a, b + x + 1) / B(a, b) (alpha + T)^-(r + x)
    + B(a + 1, b + x) / B(a, b) (alpha + t_x)^-(r + x)]

    Parameters
    ----------
    summary : one row per entity: ``repeats`` (count), ``span_days``, ``age_days`` (one unit of time).

    Raises
    ------
    FitError : a column is missing, a value is impossible, or nobody has a repeat event.

    References
    ----------
    Batislam, Denizel & Filiztekin (2007), section 3.
    """
    return MbgNbd.fit(summary)
