"""V4 under contract: from single contracts to lines of contracts, each with the renewals that it passed.

The next contract of a line begins on the day after the last one ended, or up to ``grace_days`` off. Contracts that run
side by side are lines of their own; a customer who comes back later begins a new line. A renewal is decided when its
grace is over, whatever is told before: else early renewals would count before the losses of the same week.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.core.contracts.schema import E4
from analysis.core.params import Contracts
from analysis.models.newton import Array
from analysis.models.periods import DAYS_PER_MONTH

NEVER = np.iinfo(np.int32).max  # days


@dataclass(frozen=True)
class ContractLines:
    """Contracts put into lines; those of another term than the usual one are left out.

    Attributes
    ----------
    terms : one row a contract: ``customer_id, plan, annual_value``; its ``line``, its ``number`` in it from 1 on; ``starts,
        ends, decided_on`` in days since 1970, the end of an early successor's predecessor being its own end;
        ``is_renewed``; ``told_days`` after the end on which that was known, below 0 for before, ``NEVER`` where it was
        not; ``told``; ``is_age_known``; ``is_last`` of its line.
    term_months : the usual length of a contract; 0 where there is none.
    left_out : contracts left out, by reason.
    as_of : last day that counts, in days since 1970.
    """

    terms: pd.DataFrame
    term_months: int
    left_out: dict[str, int]
    as_of: int

    @property
    def decided(self) -> pd.DataFrame:
        """Contracts whose renewal is decided."""
        return self.terms[self.terms["decided_on"] <= self.as_of]

    @property
    def running(self) -> pd.DataFrame:
        """The last contract of every line whose renewal is not decided yet."""
        return self.terms[self.terms["is_last"] & (self.terms["decided_on"] > self.as_of)]


def line_up(subscriptions: pd.DataFrame, settings: Contracts, as_of: pd.Timestamp) -> ContractLines:
    """Put contracts into lines.

    Parameters
    ----------
    subscriptions : the optional table.
    """
    today = int(_days(pd.Series([as_of]))[0])
    whole, left_out = _whole(subscriptions)
    terms = _joined(whole, settings.grace_days)
    terms["decided_on"] = terms["ends"] + settings.grace_days
    if terms.empty:
        return ContractLines(terms, 0, left_out, today)
    length = ((terms["agreed_end"] - terms["starts"] + 1) / DAYS_PER_MONTH).round().clip(lower=1).astype(int)
    usual = int(length.mode().iloc[0])
    kept = length.where(terms["number"] == 1).groupby(terms["line"]).transform("first") == usual
    left_out["other_term"] = int((~kept).sum())
    terms = terms[kept].reset_index(drop=True)
    begun = terms["starts"].where(terms["number"] == 1).groupby(terms["line"]).transform("first")
    unseen = terms["starts"].min() + usual * DAYS_PER_MONTH + settings.grace_days
    terms["is_age_known"] = settings.is_complete | (begun > unseen)
    left_out["unknown_age"] = int((~terms["is_age_known"]).sum())
    return ContractLines(terms, usual, left_out, today)


def _whole(subscriptions: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Contracts with a first and a last day, in days since 1970, in order; and how many are none."""
    ended = subscriptions["ends_on"].notna()
    right = ended & (subscriptions["ends_on"] >= subscriptions["starts_on"])
    left_out = {"no_end": int((~ended).sum()), "wrong_end": int((ended & ~right).sum()), "other_term": 0, "unknown_age": 0}
    some = subscriptions[right]
    found = pd.DataFrame({
        "customer_id": some["customer_id"].astype("str"), "contract_id": some["contract_id"].astype("str"), "plan": some["plan"],
        "annual_value": some["annual_value_e4"].astype("Float64") / E4,
        **{name: _days(some[f"{name}_on"]) for name in ("starts", "ends", "renewed", "cancelled")},
    })  # fmt: skip
    found["agreed_end"] = found["ends"]
    keys = ["customer_id", "starts", "ends", "contract_id", "plan"]
    return found.sort_values(keys, ignore_index=True).astype({"annual_value": float}), left_out


def _joined(contracts: pd.DataFrame, grace_days: int) -> pd.DataFrame:
    """``contracts`` with line, number, and what became of each."""
    before = _predecessors(contracts, grace_days)
    count = len(contracts)
    line, number, after = np.arange(count), np.ones(count, np.int64), np.full(count, -1)
    ends, starts = contracts["ends"].to_numpy().copy(), contracts["starts"].to_numpy()
    cancelled = contracts["cancelled"].to_numpy()
    for row in np.flatnonzero(before >= 0).tolist():
        last = before[row]
        line[row], number[row], after[last] = line[last], number[last] + 1, row
        if abs(starts[row] - 1 - cancelled[last]) < abs(starts[row] - 1 - ends[last]):
            ends[last] = starts[row] - 1
    renewed = contracts["renewed"].to_numpy()
    late = renewed - starts > ends - renewed  # nearer to the start it tells of the contract before
    promised = (renewed < NEVER) & late & (cancelled == NEVER)
    followed = after >= 0
    told = np.where(promised, renewed, np.where(followed, starts[after], cancelled))
    return contracts.assign(
        line=line, number=number, ends=ends, is_last=~followed, is_renewed=followed | promised,
        told_days=np.where(told < NEVER, told - ends, NEVER),
        told=np.select([promised, cancelled < NEVER], ["renewed", "cancelled"], "open"),
    )  # fmt: skip


def _predecessors(contracts: pd.DataFrame, grace_days: int) -> Array:
    """The row of the contract that each one follows, or -1: of the same plan first, then with the smallest gap.

    A contract is followed after its agreed end or, where it was cancelled for another one, after that day.
    """
    found = np.full(len(contracts), -1)
    plan = contracts["plan"].fillna("").tolist()
    starts, ends, cancelled = (contracts[name].tolist() for name in ("starts", "ends", "cancelled"))
    who = contracts["customer_id"].to_numpy()
    edges = [0, *(np.flatnonzero(who[1:] != who[:-1]) + 1).tolist(), len(contracts)]
    for first, end in pairwise(edges):
        free: list[int] = []
        for row in range(first, end):
            gaps = [
                (plan[last] != plan[row], min(abs(starts[row] - 1 - ends[last]), abs(starts[row] - 1 - cancelled[last])), last)
                for last in free
            ]
            near = [one for one in gaps if one[1] <= grace_days]
            if near:
                found[row] = min(near)[2]  # 2: the row itself
                free.remove(found[row])
            free.append(row)
    return found


def _days(dates: pd.Series) -> Array:
    """Days since 1970; ``NEVER`` where there is none."""
    days = dates.to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), NEVER, days.astype(np.int64))
