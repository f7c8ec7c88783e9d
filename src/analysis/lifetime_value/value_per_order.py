"""V4: what one order of each customer will be worth, its own mean drawn towards that of its group.

Gamma-Gamma needs values above 0 and a value that has nothing to do with how often a customer buys. So
orders at 0 or below are left out of its fit and counted. They come back as two numbers of each customer,
the share s of orders above 0 and the loss l per order, drawn towards the base by the same weight as the mean m:

    value per order = s E[m] - l,    s = (orders above 0 + k S) / (orders + k),    k = (q - 1) / p

because in Gamma-Gamma the population counts as much as (q - 1) / p orders of the customer's own. Where orders of the same
customers have become worth more or less over time, past values are first brought to the level of today (``value_trend``).
Where frequency and value go together, the model is fitted within groups of customers who buy about as
often; inside a group frequency has little left to mislead it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.models.gamma_gamma import GammaGamma, expected_mean_value, fit_gamma_gamma
from analysis.models.newton import Array
from analysis.models.ranking import rank_correlation
from analysis.models.value_paths import draw_known_parameters
from analysis.models.value_trend import ValueTrend, fit_value_trend

if TYPE_CHECKING:  # the models need no reader of params.yaml
    from analysis.core.params import LifetimeValue


@dataclass(frozen=True)
class ValueFit:
    """Fitted value per order.

    Attributes
    ----------
    models, labels : one model a group, and the orders of its customers as text ("2–3", "8+").
    rows : one row a customer: ``value_group``, ``valued`` orders and their ``valued_total``; ``share`` of orders
        above 0 and ``loss`` per order, both drawn towards the base.
    correlation : Spearman's, of repeat orders and mean value among repeat buyers; None where it cannot be
        had.
    left_out : orders at 0 or below.
    trend : of the values of one customer's orders over time.
    """

    models: tuple[GammaGamma, ...]
    labels: tuple[str, ...]
    rows: pd.DataFrame
    correlation: float | None
    left_out: int
    trend: ValueTrend

    @property
    def is_grouped(self) -> bool:
        """Whether customers were grouped by order frequency."""
        return len(self.models) > 1


def fit_value(history: pd.DataFrame, settings: LifetimeValue) -> ValueFit | None:
    """Fit the value of an order; None where no order has a value above 0.

    Parameters
    ----------
    history : one row a customer, see ``models.history.History.summary``.
    """
    if not history["positive_events"].any():
        return None
    trend = fit_value_trend(history, fewest=settings.min_repeat_customers)
    risen = trend.until_now(history)
    valued, total = history["positive_events"], history["positive_value"] * risen
    correlation = value_correlation(history)
    grouped = correlation is not None and abs(correlation) > settings.max_value_correlation
    group, labels = frequency_groups(valued, settings.min_repeat_customers if grouped else len(history) + 1)
    rows = pd.DataFrame({"value_group": group, "valued": valued.astype(float), "valued_total": total})
    models = tuple(_fit_group(rows, place) for place in range(len(labels)))
    rows = rows.join(_losses(history, risen, rows["value_group"], models))
    left_out = int((history["repeats"] + 1 - valued).sum())
    return ValueFit(models, labels, rows, correlation, left_out, trend)


def _fit_group(rows: pd.DataFrame, place: int) -> GammaGamma:
    """Fit one group; where it has no finite mean, its customers without a valued order get one average order."""
    inside = rows["value_group"] == place
    some = rows[inside & (rows["valued"] > 0)]
    model = fit_gamma_gamma(some["valued"], some["valued_total"] / some["valued"])
    if model.q <= 1:
        empty = inside & (rows["valued"] == 0)
        rows.loc[empty, "valued_total"] = some["valued_total"].sum() / some["valued"].sum()
        rows.loc[empty, "valued"] = 1.0
    return model


def _losses(history: pd.DataFrame, risen: pd.Series, group: pd.Series, models: tuple[GammaGamma, ...]) -> pd.DataFrame:
    """Share of orders above 0 and loss per order of each customer, drawn towards the base."""
    orders, lost = history["repeats"] + 1, (history["positive_value"] - history["value"]) * risen
    weight = group.map({place: max((model.q - 1) / model.p, 0) for place, model in enumerate(models)})
    drawn = {
        name: (own + weight * own.sum() / orders.sum()) / (orders + weight)
        for name, own in (("share", history["positive_events"]), ("loss", lost))
    }
    return pd.DataFrame(drawn, history.index)


def value_correlation(history: pd.DataFrame) -> float | None:
    """Spearman's correlation of repeat orders and mean value among repeat buyers."""
    some = history[(history["repeats"] > 0) & (history["positive_events"] > 0)]
    if some.empty:
        return None
    mean = some["positive_value"] / some["positive_events"]
    return rank_correlation(some["repeats"].to_numpy(float), mean.to_numpy(float))


def frequency_groups(orders: pd.Series, fewest: int) -> tuple[pd.Series, tuple[str, ...]]:
    """Groups of customers with 1, 2-3, 4-7, ... orders, the rarer ones joined until each has ``fewest``
    customers.

    Returns
    -------
    The place of each customer's group, and the groups' labels.
    """
    level = np.floor(np.log2(orders.clip(lower=1).to_numpy(float))).astype(np.int64)
    sizes = np.bincount(level)
    starts = [0]
    while sizes[starts[-1] :].sum() >= 2 * fewest:
        reach = starts[-1] + 1 + int(np.searchsorted(np.cumsum(sizes[starts[-1] :]), fewest))
        if sizes[reach:].sum() < fewest:
            break
        starts.append(reach)
    places = np.searchsorted(starts, level, side="right") - 1
    return pd.Series(places, orders.index, name="value_group"), _labels(starts)


def expected_value_per_order(fit: ValueFit) -> pd.Series:
    """Expected value of one future order of each customer, losses taken off; it can be below 0.

    Where the values of a group lie so far apart that they have no finite mean (q <= 1), a customer keeps
    its own mean: there is nothing to draw it towards.
    """
    found = pd.Series(np.nan, fit.rows.index, name="value_per_order")
    for place, model in enumerate(fit.models):
        some = fit.rows[fit.rows["value_group"] == place]
        own = some["valued_total"] / some["valued"]
        found[some.index] = expected_mean_value(model, some["valued"], own) if model.q > 1 else own
    return (found * fit.rows["share"] - fit.rows["loss"]).rename("value_per_order")


def draw_values(fit: ValueFit, *, draws: int, seed: int) -> list[list[GammaGamma]]:
    """Draws of every group's parameters: one list of models a draw."""
    each = [
        draw_known_parameters(model, draws=draws, seed=seed + place) for place, model in enumerate(fit.models)
    ]
    return [list(models) for models in zip(*each, strict=True)]


def _labels(starts: list[int]) -> tuple[str, ...]:
    """Orders in each group, from the powers of two at which it begins."""
    lows: Array = 2 ** np.array([*starts, starts[-1]])
    named = [f"{low}" if low == high - 1 else f"{low}–{high - 1}" for low, high in pairwise(lows[:-1])]
    return (*named, f"{lows[-1]}+")
