"""What is measured of the risk of no order; the rows say on which worlds, and within which bands."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize
from scipy.special import expit

from analysis.churn.risk import Ahead
from analysis.models.ranking import auc, lift
from tests.recovery.harness import Estimate
from tests.recovery.order_measures import Measure

SURE = 1e-6  # risks are kept so far from 0 and 1, where a logit ends


def slope(days: int) -> Measure:
    """Calibration slope: by how much the true log-odds rise with the predicted ones; 1 is right."""

    def measure(ground) -> list[Estimate]:
        risk, stayed_away = _judged(ground, days)
        return [Estimate(_logit(risk.customers["risk"].to_numpy(), stayed_away), 1.0)]

    return measure


def total(days: int) -> Measure:
    """Customers expected to place no order, with the interval of the base, against those who placed none."""

    def measure(ground) -> list[Estimate]:
        risk, stayed_away = _judged(ground, days)
        return [Estimate(*_ordered(risk.no_order, stayed_away.sum()))]

    return measure


def value_at_risk(days: int) -> Measure:
    """Value of the customers expected to place no order, against that of those who placed none."""

    def measure(ground) -> list[Estimate]:
        risk, stayed_away = _judged(ground, days)
        lost = risk.customers["recent_value"].clip(lower=0).to_numpy()[stayed_away].sum()
        return [Estimate(*_ordered(risk.value_at_risk, lost))]

    return measure


def lift_gain(days: int) -> Measure:
    """Lift of the riskiest tenth against that of the longest silent tenth."""

    def measure(ground) -> list[Estimate]:
        risk, stayed_away = _judged(ground, days)
        both = (risk.customers[name].to_numpy(float) for name in ("risk", "silence_days"))
        return [Estimate(*(lift(one, stayed_away, groups=10) for one in both))]  # 10: a tenth

    return measure


def auc_gain(days: int) -> Measure:
    """Chance that who places no order ranks above who does, by risk against by silence."""

    def measure(ground) -> list[Estimate]:
        risk, stayed_away = _judged(ground, days)
        scores = risk.customers[["risk", "silence_days"]].to_numpy(float).T
        return [Estimate(*map(float, auc(scores, stayed_away)))]

    return measure


def _judged(ground, days: int) -> tuple[Ahead, np.ndarray]:
    """The stage's judgement for this horizon, and who then placed no order."""

    risk = ground.risk(days)
    return risk, (ground.ahead(risk.customers["customer_id"], days)["orders"] == 0).to_numpy()


def _ordered(estimate: Any, truth: float) -> tuple[float, float, float, float]:
    value, low, high = estimate
    return value, float(truth), low, high


def _logit(risk: np.ndarray, outcome: np.ndarray) -> float:
    """Slope of a logistic regression of the outcome on the log-odds of the risk."""
    chance = np.clip(risk, SURE, 1 - SURE)
    odds = np.log(chance / (1 - chance))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        told = weights[0] + weights[1] * odds
        miss = expit(told) - outcome
        return float((np.logaddexp(0, told) - outcome * told).mean()), np.array([miss.mean(), (miss * odds).mean()])

    return float(optimize.minimize(loss, [0.0, 1.0], jac=True, method="BFGS").x[1])
