"""C3: titles and sentences; the entry of the catalogue follows from the numbers by a rule."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.churn.warnings import Warned
from analysis.churn.worth import KEY
from analysis.core.contracts.churn_warnings import SIGNALS
from analysis.core.text import Phrase, joined, listed, say


def title(warned: Warned) -> Phrase:
    """Whether more alarms rang than chance explains."""
    if warned.observable == 0:
        return say("churn.warned.none")
    rows, table = warned.warnings.drop_duplicates(KEY), warned.signals
    red, expected = int(rows["is_red"].sum()), float(table["expected"].sum())
    if rows.empty:
        return say("churn.warned.calm", expected=expected)
    values = {"raised": int(table["raised"].sum()), "expected": expected, "customers": len(rows)}
    return say("churn.warned.red", red=red, **values) if red else say("churn.warned.open", **values)


def header(warned: Warned) -> list[Phrase]:
    """Customers watched, signals observable, alarms by chance and raised, last quarter's hit rate and lead."""
    settings, table = warned.settings.warnings, warned.signals
    lacking = [say(f"churn.signal.{name}") for name in table.loc[table["state"] == "not_available", "signal"]]
    seen = say("churn.warned.signals", seen=warned.observable, all=len(SIGNALS))
    lines = [joined([seen, say("churn.warned.lacking", signals=listed(lacking))]) if lacking else seen]
    if warned.observable == 0:
        return [*lines, say("churn.warned.too_little", least=settings.least_past, months=settings.watched_months)]
    watched = warned.now.watched()
    lines.insert(0, say("churn.warned.watched", customers=watched.size, key_customers=int(warned.now.is_key[watched].sum()), ordering=warned.now.ordering,
                        months=settings.watched_months))  # fmt: skip
    lines.append(say("churn.warned.alarms", expected=float(table["expected"].sum()), raised=int(table["raised"].sum())))
    return [*lines, *_proven(warned)]


def _proven(warned: Warned) -> list[Phrase]:
    if warned.proof.empty:
        return [say("churn.warned.unproven")]
    rows = warned.proof.set_index("outcome")
    warned_then, quiet = rows.loc["warned"], rows.loc["quiet"]
    if warned_then["customers"] == 0 or quiet["customers"] == 0:
        return [say("churn.warned.unproven")]
    said = [say(
        "churn.warned.hits", day=warned_then["watched_on"], customers=int(warned_then["customers"]), hits=int(warned_then["stayed_away"]),
        rate=warned_then["rate"], lo=warned_then["lo"], hi=warned_then["hi"], quiet=quiet["rate"], days=warned.settings.horizon_days,
        level=warned.settings.interval_level,
    )]  # fmt: skip
    if not np.isnan(warned_then["lead_days"]):
        side = "earlier" if warned_then["lead_days"] > 0 else "later"
        said.append(say(f"churn.warned.{side}", days=abs(round(warned_then["lead_days"])), led=int(warned_then["led"]), hits=int(warned_then["stayed_away"])))
    return said


def reasons(warnings: pd.DataFrame) -> dict[str, Phrase]:
    """For every customer what changed: one part a signal."""
    parts: dict[str, list[Phrase]] = {}
    for row in warnings.itertuples(index=False):
        values = {"change": row.now / row.baseline - 1} if row.signal == "peer_share" else {"before": row.baseline, "now": row.now}
        parts.setdefault(row.customer_id, []).append(say(f"churn.change.{row.signal}", **values))
    return {customer: listed(some) for customer, some in parts.items()}


def list_title(rows: pd.DataFrame) -> Phrase:
    """How much lifetime value the customers on the list stand for."""
    clv = rows["clv_at_risk"].sum()
    key = int(rows["is_key"].sum())
    if clv > 0:
        return say("churn.warned.list_title", customers=len(rows), key_customers=key, clv=clv)
    return say("churn.warned.list_plain", customers=len(rows), key_customers=key)


def clv_months(warned: Warned) -> int:
    """Months over which the lifetime value counts; 0 where there is none."""
    months = warned.people["clv_months"].dropna()
    return int(months.iloc[0]) if len(months) else 0


def signals_title(warned: Warned) -> Phrase:
    """Which signal rang most beyond chance."""
    table = warned.signals.assign(extra=warned.signals["raised"] - warned.signals["expected"])
    best = table.sort_values(["extra", "signal"], ascending=[False, True]).iloc[0]
    if warned.observable and best["extra"] > 0:
        return say("churn.warned.signals_most", signal=say(f"churn.signal.{best['signal']}"), raised=int(best["raised"]), expected=best["expected"])
    return say("churn.warned.signals_title", seen=warned.observable, all=len(SIGNALS))


def proof_title(warned: Warned) -> Phrase:
    """Whether those warned of stayed away more often than the others."""
    rows = warned.proof.set_index("outcome")
    then, quiet = rows.loc["warned"], rows.loc["quiet"]
    if not then["customers"] or not quiet["customers"]:
        return say("churn.warned.proof_few")
    key = "proof_apart" if then["lo"] > quiet["hi"] else "proof_alike"
    return say(f"churn.warned.{key}", warned=then["rate"], quiet=quiet["rate"])
