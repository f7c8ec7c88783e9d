"""Contracts with a known truth: yearly terms that each customer leaves with a probability of its own."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.core import params
from analysis.core.contracts.optional import SUBSCRIPTIONS
from analysis.core.params import LifetimeValue

ROOT = Path(__file__).parents[1]
E4 = 10_000
TERM_DAYS = 365
LONGEST = 400  # renewals: after them nothing counts
SETTINGS = dataclasses.replace(params.load(ROOT / "params.yaml").lifetime_value, draws=100)


def settings(*, draws: int = 100, **contracts: object) -> LifetimeValue:
    """The settings of ``params.yaml`` with some of the contracts' changed."""
    changed = dataclasses.replace(SETTINGS.contracts, **contracts)
    return dataclasses.replace(SETTINGS, draws=draws, contracts=changed)


def subscriptions(frame: pd.DataFrame) -> pd.DataFrame:
    """``customer_id, starts_on, ends_on`` and what else there is, as the clean stage stores contracts."""
    found = frame.assign(file_no=1, row_no=np.arange(1, len(frame) + 1), is_known_customer=True)
    usual = {"contract_id": [f"K{n}" for n in range(len(frame))], "plan": "basic", "annual_value_e4": 100 * E4,
             "renewed_on": None, "cancelled_on": None, "cancel_reason": None, "billing": "yearly"}  # fmt: skip
    found = found.assign(**{name: value for name, value in usual.items() if name not in frame})
    for name in ("starts_on", "ends_on", "renewed_on", "cancelled_on"):
        found[name] = pd.to_datetime(found[name])
    return found[list(SUBSCRIPTIONS.by_name)].astype({"annual_value_e4": "Int64"})


def drawn_contracts(text: str) -> pd.DataFrame:
    """Contracts drawn as lines ``customer start end``, perhaps ``renewed=day``, ``cancelled=day``, ``plan=name``."""
    names = {"renewed": "renewed_on", "cancelled": "cancelled_on", "plan": "plan", "value": "annual_value_e4"}
    rows = []
    for line in text.strip().splitlines():
        customer, start, end, *more = line.split()
        told = dict(one.split("=") for one in more)
        rows.append({"customer_id": customer, "starts_on": start, "ends_on": None if end == "-" else end,
                     **{names[name]: value for name, value in told.items()}})  # fmt: skip
    frame = pd.DataFrame(rows)
    if "plan" in frame:
        frame["plan"] = frame["plan"].fillna("basic")
    if "annual_value_e4" in frame:
        frame["annual_value_e4"] = pd.to_numeric(frame["annual_value_e4"]).astype("Int64") * E4
    return subscriptions(frame)


@dataclasses.dataclass(frozen=True)
class World:
    """Contracts known by ``as_of``, and how many terms each customer has in all."""

    known: pd.DataFrame
    first_day: pd.Series
    terms: pd.Series

    def years_ahead(self, as_of: str) -> pd.Series:
        """Years under contract after ``as_of`` of each customer that is under contract then."""
        left = (self.first_day + pd.to_timedelta(self.terms * TERM_DAYS, unit="D") - pd.Timestamp(as_of)).dt.days - 1
        begun = self.first_day <= pd.Timestamp(as_of)
        return left[begun & (left >= 0)] / 365.25


def contract_world(
    n: int, *, alpha: float, beta: float, years: int, as_of: str, seed: int, c: float = 1.0, notice: bool = False
) -> World:
    """Customers who begin on any day of the last ``years``; each leaves at a renewal with p ~ Beta(alpha, beta).

    With ``c`` the t-th renewal is passed with (1 - p)^(t^c - (t - 1)^c). With ``notice`` both sides tell 0 to 40 days
    before the end.
    """
    rng = np.random.default_rng(seed)
    today = pd.Timestamp(as_of)
    first = today - pd.to_timedelta(rng.integers(0, years * TERM_DAYS, n), unit="D")
    reach = np.log(rng.random(n)) / np.log1p(-rng.beta(alpha, beta, n))
    terms = np.minimum(np.ceil(np.maximum(reach, 1e-9) ** (1 / c)), LONGEST).astype(int)
    notices = rng.integers(0, 40, n) if notice else np.zeros(n, int)
    rows = []
    for who in range(n):
        for number in range(terms[who]):
            start = first[who] + pd.Timedelta(days=number * TERM_DAYS)
            if start > today:
                break
            end = start + pd.Timedelta(days=TERM_DAYS - 1)
            told = end - pd.Timedelta(days=int(notices[who]))
            last = number + 1 == terms[who]
            known = notice and told <= today
            rows.append((f"c{who:05}", start, end, None if last or not known else told, told if last and known else None))
    frame = pd.DataFrame(rows, columns=["customer_id", "starts_on", "ends_on", "renewed_on", "cancelled_on"])
    ids = [f"c{who:05}" for who in range(n)]
    return World(subscriptions(frame), pd.Series(first, ids), pd.Series(terms, ids))
