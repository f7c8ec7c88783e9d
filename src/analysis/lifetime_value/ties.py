"""V4: which models the past dates cannot tell apart from the best; their average is published.

With d_io the squared error of a model for customer i at origin o less that of the best one, n of them in all,

    d = sum_io d_io / n,    error(d)^2 = sum_i (sum_o (d_io - d))^2 / n^2

as one customer's misses at several origins go together. A model with d <= error(d) is tied with the best: the rule of one
standard error. To take the best alone would be to let chance choose; and an average of predictions f_m never has a
larger squared error than its parts have on average:

    (mean f_m - y)^2 = mean (f_m - y)^2 - mean (f_m - mean f_m)^2

Only models on the clock of the best are averaged, and those that predict the same count once.

References
----------
Breiman, Friedman, Olshen & Stone (1984), Classification and Regression Trees, section 3.4.3, for the rule.
Krogh & Vedelsby (1995), Neural network ensembles, cross validation and active learning, NIPS 7, for the identity.
Hansen, Lunde & Nason (2011), The model confidence set, Econometrica 79(2); Samuels & Sekkel (2017), Model confidence sets and
forecast combination, International Journal of Forecasting 33(1), for averages of models that cannot be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.lifetime_value.orders import AVERAGE, Way
from analysis.models.newton import Array

SAME = 1e-3  # of a prediction: how far optimisers leave equal models apart


def average_of_tied(best: Way, customers: Sequence[Array], orders: Mapping[Way, Array], actual: Array) -> Way | None:
    """The average of the models that cannot be told apart from the best; None where the best is alone, or a rule.

    Parameters
    ----------
    customers : ids at each origin.
    orders, actual : expected and actual orders, over all origins one after another.
    """
    if not best.is_model:
        return None
    error = {way: np.square(expected - actual) for way, expected in orders.items()}
    customer = pd.factorize(np.concatenate(customers))[0]
    tied = [best]
    others = sorted((way for way in orders if _may_join(way, best)), key=lambda way: float(error[way].mean()))
    for way in others:
        alike = any(np.allclose(orders[way], orders[one], rtol=SAME, atol=0) for one in tied)
        if not alike and is_tied(error[way] - error[best], customer):
            tied.append(way)
    return Way(AVERAGE, best.clock_name, tuple(tied)) if len(tied) > 1 else None


def is_tied(difference: Array, customer: Array) -> bool:
    """Whether a mean difference lies within its standard error, clustered by customer (0, 1, ...)."""
    mean = difference.mean()
    clustered = np.bincount(customer, difference - mean)
    return bool(mean <= np.sqrt(np.square(clustered).sum()) / difference.size)


def _may_join(way: Way, best: Way) -> bool:
    return way.is_model and way.clock_name == best.clock_name and way != best
