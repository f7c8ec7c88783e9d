"""V8: the growth bridge, from the value of one period to that of the next.

A customer's part in the change between a base period and a later one:

- new: its first purchase ever lies in the later period;
- returned: it bought before the later period, but not in the base period;
- lost: it bought in the base period, not in the later one;
- grown, shrunk: every other customer, by the sign of its change (a late return shrinks);
- pseudo: an id that stands for many people, whose coming and going cannot be told.

``later value = base value + new + returned + grown + shrunk + lost + pseudo``, in integers.
"Ever" goes back as far as the data does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.core.contracts.profit import BRIDGE, PARTS
from analysis.core.windows import MONTHS_PER_YEAR, Window, is_covered

STAYED = ("grown", "shrunk", "lost")


@dataclass(frozen=True)
class Ledger:
    """``customer_months`` as arrays for one measure, so that many comparisons are cheap.

    Attributes
    ----------
    customers : sorted ids; the arrays ``is_pseudo`` and ``first_month`` follow them.
    code : place in ``customers`` of each row's customer.
    month, value_e4, bought : of each row, sorted by month.
    first_month : month of the first purchase ever; not a time where there was none.
    """

    measure: str
    customers: pd.Index
    is_pseudo: npt.NDArray[np.bool_]
    first_month: npt.NDArray[np.datetime64]
    code: npt.NDArray[np.int64]
    month: npt.NDArray[np.datetime64]
    value_e4: npt.NDArray[np.int64]
    bought: npt.NDArray[np.bool_]


def open_ledgers(months: pd.DataFrame, customers: pd.DataFrame, measures: Iterable[str]) -> dict[str, Ledger]:
    """The ledger of ``customer_months`` for each of ``measures``; what has no contribution adds none."""
    order = np.argsort(months["month"].to_numpy(dtype="datetime64[M]").astype(np.int16), kind="stable")
    code, ids = pd.factorize(months["customer_id"], sort=True)
    code, month = code[order], months["month"].to_numpy(dtype="datetime64[s]")[order]
    bought = (months["orders"] > 0).to_numpy()[order]
    first = np.full(len(ids), np.datetime64("NaT", "s"), dtype="datetime64[s]")
    np.fmin.at(first, code[bought], month[bought])
    pseudo = pd.Index(customers.loc[customers["is_pseudo_customer"], "customer_id"])
    values = {measure: months[f"{measure}_e4"].fillna(0).to_numpy(dtype=np.int64)[order] for measure in measures}
    return {
        measure: Ledger(measure, pd.Index(ids), ids.isin(pseudo), first, code, month, value, bought)
        for measure, value in values.items()
    }


def count_active(ledger: Ledger, window: Window) -> int:
    """Customers that bought in ``window``; nobody can count those behind a pseudo-customer."""
    _, bought = _summed(ledger, window)
    return int((bought & ~ledger.is_pseudo).sum())


def customer_changes(ledger: Ledger, now: Window, base: Window) -> pd.DataFrame:
    """Each customer's value in both periods and its part in the change.

    Returns
    -------
    ``base_e4, now_e4, bought_base, bought_now, part`` by ``customer_id``; all of the ledger.
    """
    base_e4, bought_base = _summed(ledger, base)
    now_e4, bought_now = _summed(ledger, now)
    is_new = bought_now & (ledger.first_month >= now.first.to_datetime64())
    tests = {
        "pseudo": ledger.is_pseudo,
        "new": is_new,
        "returned": bought_now & ~bought_base,
        "lost": bought_base & ~bought_now,
        "grown": now_e4 >= base_e4,
        "shrunk": np.ones_like(is_new),
    }
    part = np.select(list(tests.values()), [PARTS.index(name) for name in tests])
    return pd.DataFrame(
        {
            "base_e4": base_e4, "now_e4": now_e4, "bought_base": bought_base, "bought_now": bought_now,
            "part": pd.Categorical.from_codes(part, list(PARTS)),
        },
        index=ledger.customers,
    )  # fmt: skip


def bridge_steps(ledger: Ledger, now: Window, base: Window, comparison: str) -> pd.DataFrame:
    """Rows of the table ``bridge`` for one comparison: base, the parts, total."""
    changes = customer_changes(ledger, now, base)
    base_e4, now_e4, bought_base, bought_now = (changes[name].to_numpy() for name in list(changes)[:-1])
    part = changes["part"].cat.codes.to_numpy()
    counts = np.bincount(part[(base_e4 != 0) | (now_e4 != 0) | bought_base | bought_now], minlength=len(PARTS))
    base, now_sum = (_summed_by(part, values) for values in (base_e4, now_e4))
    active = [int((bought & ~ledger.is_pseudo).sum()) for bought in (bought_base, bought_now)]
    return pd.DataFrame({
        "part": ["base", *PARTS, "total"], "customers": [active[0], *counts, active[1]],
        "base_e4": [base.sum(), *base, base.sum()], "value_e4": [base.sum(), *(now_sum - base), now_sum.sum()],
        "measure": ledger.measure, "comparison": comparison, "last_month": now.last,
    })  # fmt: skip


def build_bridge(
    ledger: Ledger, now: Window, first_date: pd.Timestamp, *, history_months: int, slack_days: int
) -> pd.DataFrame:
    """The table ``bridge``: every comparison that the data reaches back for.

    ``history_months`` is the number of month ends, the last included.
    """
    kinds: dict[str, Callable[[Window], tuple[Window, Window]]] = {
        "year": lambda window: (window, window.earlier(window.months)),
        "month_on_year": lambda window: _months_apart(window.last, MONTHS_PER_YEAR),
        "month_on_month": lambda window: _months_apart(window.last, 1),
    }
    steps = [
        bridge_steps(ledger, later, base, kind)
        for kind, pair in kinds.items()
        for back in range(history_months)
        for later, base in (pair(now.earlier(back)),)
        if is_covered(base, first_date, slack_days)
    ]
    return pd.concat(steps, ignore_index=True) if steps else bridge_steps(ledger, now, now, "year")[:0]


def retention(steps: pd.DataFrame) -> dict[str, float]:
    """Net and gross value retention of those who bought in the base period.

    ``net = 1 + (grown + shrunk + lost) / base``, ``gross = 1 + (shrunk + lost) / base``, both over named
    customers. Missing where they brought nothing in the base period, or where there is none.
    """
    stayed = steps.reindex(list(STAYED))
    base, change = stayed["base_e4"].sum(), stayed["value_e4"]
    if base <= 0:
        return {"net_retention": np.nan, "gross_retention": np.nan}
    return {
        "net_retention": 1 + change.sum() / base,
        "gross_retention": 1 + change.drop("grown").sum() / base,
    }


def lost_over_new_streak(bridge: pd.DataFrame) -> int | None:
    """Month ends in a row, up to the last, at which the lost took more over a year than the new brought.

    ``None`` where the data is too short for a yearly bridge.
    """
    yearly = bridge[(bridge["comparison"] == "year") & bridge["part"].isin(["new", "lost"])]
    if yearly.empty:
        return None
    sums = yearly.groupby("last_month")["value_e4"].sum().sort_index(ascending=False)
    outweighed = (sums < 0).to_numpy()
    return len(outweighed) if outweighed.all() else int(np.argmin(outweighed))


def growth_from_existing(steps: pd.DataFrame) -> float:
    """Share of all that was gained which customers of the base period gained; missing where nothing was."""
    gained = steps.loc[["new", "returned", "grown"], "value_e4"].clip(lower=0)
    return float(gained["grown"] / gained.sum()) if gained.sum() else np.nan


def closes(bridge: pd.DataFrame) -> bool:
    """Whether base and parts add up to the total in every comparison, to the last unit."""
    signed = bridge["value_e4"].where(bridge["part"] != "total", -bridge["value_e4"])
    return bool((signed.groupby([bridge[name] for name in BRIDGE.key[:-1]]).sum() == 0).all())


def _summed(ledger: Ledger, window: Window) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    first, last = np.array([window.first, window.last], dtype="datetime64[s]")
    start, stop = np.searchsorted(ledger.month, first), np.searchsorted(ledger.month, last, side="right")
    code = ledger.code[start:stop]
    sums = np.zeros(len(ledger.customers), dtype=np.int64)
    np.add.at(sums, code, ledger.value_e4[start:stop])
    bought = np.zeros(len(ledger.customers), dtype=bool)
    bought[code[ledger.bought[start:stop]]] = True
    return sums, bought


def _summed_by(part: npt.NDArray[np.int8], values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    sums = np.zeros(len(PARTS), dtype=np.int64)
    np.add.at(sums, part, values)
    return sums


def _months_apart(last: pd.Timestamp, months: int) -> tuple[Window, Window]:
    month = Window(last, last)
    return month, month.earlier(months)
