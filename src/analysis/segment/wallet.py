"""G4: what each customer buys a year from all suppliers, and our share of it.

Measured where somebody told it. For the others a wallet is ``max(own sales, exp(fit + error))``: the fit holds told
wallets against two views of a customer, own sales and what comparable customers buy of which most buy less, and the
errors are those of told wallets left out of the fit. Two things are proved before it is published, each by more than
chance: that industry, region and size say how much customers buy, and that the fit comes nearer to told wallets than
their mean does. Sales alone cannot tell a small wallet from a small share.

References
----------
Rosset et al. (2007) and Perlich, Rosset, Lawrence & Zadrozny (2007), KDD: the high quantile of comparable customers.
Merugu, Rosset & Perlich (2006), KDD: the wallet as the middle between two views, one least-squares fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.core import params
from analysis.core.contracts.schema import E4
from analysis.models.design import design_of
from analysis.models.leave_one_out import LeaveOneOut, fit_left_out
from analysis.models.newton import Array
from analysis.models.quantile import HeldOut, bootstrap_quantile, drawn_rows, fit_quantile, hold_out

COVARIATES = ("industry", "region", "size")


@dataclass(frozen=True)
class Peers:
    """What comparable customers buy: the proof of each height, and the fit of the middle one.

    Attributes
    ----------
    checks : by tau, on customers left out.
    high : logarithm of sales, one a customer; ``None`` where industry, region and size do not help to predict it.
    kinds, kind : what is known of customers, a row for each different case, and the row of each customer.
    fitted, values : of those that the fit was made of.
    """

    checks: dict[float, HeldOut]
    high: Array | None
    kinds: Array
    kind: Array
    fitted: Array
    values: Array

    def error(self, settings: params.Segment) -> Array:
        """Standard error of ``high`` by bootstrap."""
        drawn = bootstrap_quantile(
            self.fitted,
            self.values,
            tau=middle(settings.wallet.taus),
            draws=settings.wallet.bootstrap_draws,
            seed=settings.random_seed,
        )
        return np.sqrt(np.einsum("ij,jk,ik->i", self.kinds, np.cov(drawn.T), self.kinds))[self.kind]


@dataclass(frozen=True)
class Published:
    """Whether wallets that nobody told are estimated, and why not.

    Attributes
    ----------
    reason : ``published``, or what is against it: ``short`` (less than a year of sales), ``few_told``, ``no_peers``
        (industry, region and size say nothing), ``no_gain``.
    told : told wallets that the estimate was held against.
    fit : told wallets by the views; ``None`` with too few.
    """

    reason: str
    told: int
    fit: LeaveOneOut | None = None

    @property
    def holds(self) -> bool:
        """Whether estimates are shown."""
        return self.reason == "published"


def compare_peers(people: pd.DataFrame, settings: params.Segment) -> Peers:
    """Fit a high quantile of yearly sales given industry, region and size, and try it on customers left out.

    Parameters
    ----------
    people : by wallet_people.sql, in the order of their ids.
    """
    asked = settings.wallet
    buys = (people["sales_e4"] > 0).to_numpy()
    kind = people.groupby(list(COVARIATES), dropna=False, sort=False).ngroup().to_numpy()
    design = design_of(people, COVARIATES, level_from=asked.level_from)
    kinds = design[np.unique(kind, return_index=True)[1]]
    logs = np.log(people["sales_e4"].to_numpy(dtype=float)[buys] / E4)
    rows = drawn_rows(len(logs), asked.fitted_customers, seed=settings.random_seed)
    fitted, values = kinds[kind[buys][rows]], logs[rows]
    if kinds.shape[1] == 1 or len(values) < asked.folds * asked.level_from:
        return Peers({}, None, kinds, kind, fitted, values)
    checks = {
        tau: hold_out(
            fitted,
            values,
            tau=tau,
            folds=asked.folds,
            level=settings.interval_level,
            seed=settings.random_seed,
        )
        for tau in asked.taus
    }
    tau = middle(asked.taus)
    high = (kinds @ fit_quantile(fitted, values, tau=tau))[kind] if checks[tau].helps else None
    return Peers(checks, high, kinds, kind, fitted, values)


def middle(values: tuple[float, ...]) -> float:
    """The one in the middle."""
    return sorted(values)[len(values) // 2]


def hold_against_told(latest: pd.DataFrame, high: pd.Series | None, settings: params.Segment) -> Published:
    """Fit the wallets that stand for the whole of a customer, and see whether the fit says more than their mean.

    Parameters
    ----------
    latest : by ``told.totals``, one row a customer.
    high : by customer, of ``Peers.high``.
    """
    whole = (latest["told_share"] >= settings.wallet.whole_from) & (latest["sales_e4"] <= latest["told_e4"])
    kept = latest[whole & (latest["sales_e4"] > 0)]
    if len(kept) < settings.wallet.told_from:
        return Published("few_told", len(kept))
    if high is None:
        return Published("no_peers", len(kept))
    fit = fit_left_out(
        views(kept["sales_e4"] / E4, high.reindex(kept["customer_id"]).to_numpy()),
        np.log(kept["told_e4"].to_numpy(dtype=float) / E4),
    )
    _, surely, _ = fit.gain(level=settings.interval_level)
    return Published("published" if surely > 0 else "no_gain", len(kept), fit)


def views(sales: pd.Series, high: Array) -> Array:
    """A column of ones, the logarithm of own sales, and that of what comparable customers buy at the top."""
    return np.stack([np.ones(len(sales)), np.log(sales.to_numpy(dtype=float)), high], axis=1)


@dataclass(frozen=True)
class Law:
    """What the wallets may be: each is ``max(sales, exp(centre + error))``, since it holds what is bought from us.

    Attributes
    ----------
    sales, centre : own sales in the currency, and the logarithm around which the wallet lies; one a customer.
    spread : standard deviation of a normal error; missing where the error is that of ``fit``, nought where it is told.
    fit : whose errors an estimated wallet has.
    """

    sales: Array
    centre: Array
    spread: Array
    fit: LeaveOneOut | None

    def quantile(self, share: float) -> Array:
        """The wallet that lies above the true one with probability ``share``."""
        from scipy.special import ndtri

        error = np.full(len(self.centre), np.nan if self.fit is None else self.fit.quantile(share))
        error = np.where(np.isnan(self.spread), error, ndtri(share) * self.spread)
        return np.maximum(self.sales, np.exp(self.centre + error))

    def share_below(self, value: Array, *, included: bool = False) -> Array:
        """Probability that each wallet is smaller than ``value``, or just as large where ``included``."""
        from scipy.special import ndtr

        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.log(value) - self.centre
            normal = np.where(
                self.spread > 0, ndtr(error / self.spread), (error >= 0) if included else (error > 0)
            )
        left_out = np.full(len(error), np.nan) if self.fit is None else self.fit.share_below(error)
        found = np.where(np.isnan(self.spread), left_out, normal)
        return np.where((value >= self.sales) if included else (value > self.sales), found, 0.0)


def laws(known: pd.DataFrame, spread: pd.Series, fit: LeaveOneOut | None) -> Law:
    """The laws of measured and estimated wallets.

    Parameters
    ----------
    known : ``sales``, ``centre`` and ``wallet_status``, and ``wallet_source`` of the measured.
    spread : by source, of ``spread_of_sources``; empty: measured wallets are as told.
    """
    measured = (known["wallet_status"] == "measured").to_numpy()
    of_source = known["wallet_source"].fillna("").map(spread).astype("float64").fillna(0.0).to_numpy()
    return Law(
        known["sales"].clip(lower=0.0).to_numpy(dtype=float), known["centre"].to_numpy(dtype=float),
        np.where(measured, of_source, np.nan), fit,
    )  # fmt: skip
