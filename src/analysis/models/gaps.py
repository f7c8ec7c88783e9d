"""Gaps between an entity's events, and how unusual its present silence is by its own rhythm.

Gaps vary around a mean of the entity's own exactly as values do in Gamma-Gamma: a gap is Gamma(p, nu),
with nu of the entity's own, Gamma(q, gamma). So ``fit_gamma_gamma`` of the mean gaps is the fit, and
whoever has few gaps is drawn towards the population by the model itself.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import betainc

from analysis.models.gamma_gamma import GammaGamma, expected_mean_value, fit_gamma_gamma
from analysis.models.repeat import checked_columns


def fit_gaps(summary: pd.DataFrame) -> GammaGamma:
    """Fit how gaps vary within and between entities that have at least one.

    Parameters
    ----------
    summary : ``repeats, span_days, age_days``.

    Raises
    ------
    FitError : nobody has a gap.
    """
    some = summary[summary["repeats"] > 0]
    return fit_gamma_gamma(some["repeats"], some["span_days"] / some["repeats"])


def expected_gap(fit: GammaGamma, summary: pd.DataFrame) -> pd.Series:
    """Days that usually pass between events of each entity with repeats; missing for the others."""
    some = summary[summary["repeats"] > 0]
    gaps = expected_mean_value(fit, some["repeats"], some["span_days"] / some["repeats"])
    return gaps.reindex(summary.index).rename("expected_gap_days")


def share_of_shorter_gaps(fit: GammaGamma, summary: pd.DataFrame) -> pd.Series:
    """Share of each entity's own gaps that are shorter than its present silence; missing without a gap.

    With s = T - t_x, the next gap g of an entity with x gaps of sum t_x has g / (g + gamma + t_x) ~
    Beta(p, p x + q), so the share is the Beta distribution function at s / (s + gamma + t_x).

    References
    ----------
    Fader & Hardie (2013), The gamma-gamma model of monetary value, note 025: the posterior of nu is
    Gamma(p x + q, gamma + x m); a gamma variable over a gamma rate is beta prime.
    """
    x, span, age = checked_columns(summary)
    silence = age - span
    with np.errstate(invalid="ignore"):
        share = betainc(fit.p, fit.p * x + fit.q, silence / (silence + fit.gamma + span))
    return pd.Series(np.where(x > 0, share, np.nan), summary.index, name="share_of_shorter_gaps")
