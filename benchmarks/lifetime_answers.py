"""Whether runs of lifetime values ended with the same: one formula for the likelihood, and differences customer by customer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import betaln, gammaln

DAYS_PER_WEEK = 7
LIKELIHOOD = 1e-6  # relative
# The largest difference of a customer that still counts as the same. Predictions move with the fits, which the peers end
# earlier, and a month of theirs has 4.345 weeks where a month of a year of 365.25 days has 4.348.
CLOSE = {"customers": 0, "repeats": 0, "span_days": 1e-9, "age_days": 1e-9, "mean_value": 1e-9, "alive": 1e-3, "orders": 1e-3, "value": 3e-3}


def bgnbd_log_likelihood(fit: Mapping[str, float], summary: pd.DataFrame) -> float:
    """ln L of Fader, Hardie & Lee (2005), equation 6, written out by itself: alpha in weeks, the summary in days."""
    r, alpha, a, b = (fit[name] for name in ("r", "alpha", "a", "b"))
    x = summary["repeats"].to_numpy(float)
    span, age = (summary[name].to_numpy(float) / DAYS_PER_WEEK for name in ("span_days", "age_days"))
    before = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
    active = betaln(a, b + x) - (r + x) * np.log(alpha + age)
    stopped = betaln(a + 1, b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + span)
    return float((before + np.logaddexp(active, np.where(x > 0, stopped, -np.inf))).sum())


def gamma_gamma_log_likelihood(fit: Mapping[str, float], summary: pd.DataFrame) -> float:
    """ln L of Fader & Hardie (2013), equation 1a."""
    p, q, gamma = (fit[name] for name in ("p", "q", "gamma"))
    some = summary[summary["repeats"] > 0]
    x, mean = some["repeats"].to_numpy(float), some["mean_value"].to_numpy(float)
    shapes = gammaln(p * x + q) - gammaln(p * x) - gammaln(q)
    powers = q * np.log(gamma) + (p * x - 1) * np.log(mean) + p * x * np.log(x) - (p * x + q) * np.log(gamma + x * mean)
    return float((shapes + powers).sum())


def read_run(folder: Path) -> dict[str, pd.DataFrame]:
    """What a run has written, by customer."""
    return {file.stem: pd.read_parquet(file).set_index("customer_id").sort_index()
            for file in (folder / "summary.parquet", folder / "predicted.parquet") if file.is_file()}  # fmt: skip


def differences(ours: dict[str, pd.DataFrame], theirs: dict[str, pd.DataFrame]) -> dict[str, float]:
    """The largest difference of any customer: absolute for P(alive), relative to 1 or more for the others."""
    found = {}
    for name, frame in ours.items():
        other = theirs[name]
        if not frame.index.equals(other.index):
            return {"customers": float(len(frame.index.symmetric_difference(other.index)))}
        for column in frame:
            one, two = frame[column].to_numpy(float), other[column].to_numpy(float)
            found[column] = float((np.abs(one - two) / np.maximum(np.abs(one), 1)).max())
    return found


def are_equal(found: Mapping[str, Mapping[str, float]], apart: Mapping[str, Mapping[str, float]]) -> bool:
    """Whether likelihoods agree to a millionth and no customer lies further apart than fits and months explain."""
    likelihoods = [one["bgnbd_log_likelihood"] for one in found.values() if "bgnbd_log_likelihood" in one]
    close = not likelihoods or max(likelihoods) - min(likelihoods) <= LIKELIHOOD * abs(likelihoods[0])
    return close and all(size <= CLOSE[what] for one in apart.values() for what, size in one.items())
