"""V4: the average of all models on a clock, unless one model alone did clearly better at the past dates.

A few past dates seldom tell which model is right, and to take the best one of them is to let chance choose. A loss L that is convex
in the prediction is never larger for the average of predictions f_m than it is for them on average:

    L(mean f_m, y) <= mean L(f_m, y)

The loss is the Poisson deviance of the orders y of each customer, 2 (y ln(y / f) - y + f). Like the squared error it asks for the
mean; but as counts with a large mean scatter more, it gives the many who order seldom their say beside the few who order often.
With d_io the loss of the average for customer i at origin o less that of the best model, n of them in all,

    d = sum_io d_io / n,    error(d)^2 = sum_i (sum_o (d_io - d))^2 / n^2

as one customer's misses at several origins go together. The model alone is taken where d > 2 error(d).

References
----------
Bates & Granger (1969), The combination of forecasts, Operational Research Quarterly 20(4), 451-468.
Gneiting (2011), Making and evaluating point forecasts, Journal of the American Statistical Association 106, 746-762, theorem 7,
for the losses that ask for the mean.
Smith & Wallis (2009), A simple explanation of the forecast combination puzzle, Oxford Bulletin of Economics and Statistics 71(3),
331-355, for why equal weights do better than weights that were estimated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.lifetime_value.orders import Way, average_on
from analysis.models.deviance import poisson_deviance
from analysis.models.newton import Array
from analysis.models.shrinkage import believed

SAME = 1e-3  # of a prediction: how far optimisers leave equal models apart


def proven_model(customers: Sequence[Array], orders: Mapping[Way, Array], actual: Array) -> Way:
    """The average on the clock of the best model, or that model where it is clearly better.

    Parameters
    ----------
    customers : ids at each origin.
    orders, actual : expected and actual orders, over all origins one after another; ways without a law of stopping are passed over.
    """
    loss = {way: poisson_deviance(actual, expected) for way, expected in orders.items() if way.is_model}
    best = min(loss, key=lambda way: float(loss[way].mean()))
    average = average_on(best.clock_name, loss)
    if average is None:
        return best
    is_same = np.allclose(orders[best], orders[average], rtol=SAME, atol=0)
    is_alone = not is_same and is_clear(loss[average] - loss[best], pd.factorize(np.concatenate(customers))[0])
    return best if is_alone else average


def is_clear(gain: Array, customer: Array) -> bool:
    """Whether a mean gain lies above none by more than chance (``shrinkage``), with its error clustered by customer (0, 1, ...)."""
    mean = float(gain.mean())
    clustered = np.bincount(customer, gain - mean)
    return believed(mean, float(np.square(clustered).sum()) / gain.size**2) > 0
