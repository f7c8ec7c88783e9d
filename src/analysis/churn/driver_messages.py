"""Titles about drivers: the entry of the catalogue follows from the numbers by a rule."""

from __future__ import annotations

import pandas as pd

from analysis.churn.driver_terms import DRIVERS
from analysis.churn.drivers import Findings
from analysis.core.text import Phrase, quoted, say
from analysis.draw.driver_words import driver_words

NEEDS = {driver.name: driver.needs for driver in DRIVERS}
FIRST = ("first_value", "first_kinds", "first_discount")


def named(row: pd.Series) -> Phrase:
    """The driver of a row of ``driver_effects``."""
    return driver_words(row["driver"], row["unit"])


def term_words(name: str) -> Phrase:
    """What was known at the first order; a column of the user's own by its name."""
    return say(f"churn_drivers.term.{name}") if name in FIRST else quoted(name)


def slowing(table: pd.DataFrame) -> pd.DataFrame:
    """Drivers that are named and go with a slower return, those with most lifetime value first, then most customers."""
    found = table[table["is_named"] & (table["hazard_ratio"] < 1)]
    return found.sort_values(["clv", "customers", "driver"], ascending=[False, False, True])


def drivers_title(findings: Findings) -> Phrase:
    """The driver with most money behind it, and how many are named."""
    if findings.reason:
        return say("churn_drivers.title.none")
    found = slowing(findings.table)
    tried = int(findings.table["reason"].isna().sum())
    if found.empty:
        return say("churn_drivers.title.nothing", tried=tried)
    top = found.iloc[0]
    values = {"driver": named(top), "slower": 1 - top["hazard_ratio"]}
    if top["customers"] < 1:
        return say("churn_drivers.title.slower", **values)
    if pd.isna(top["clv"]) or top["clv"] <= 0:
        return say("churn_drivers.title.customers", customers=top["customers"], **values)
    return say("churn_drivers.title.money", money=top["clv"], **values)


def reasons_title(table: pd.DataFrame) -> Phrase:
    """The reason that is given most often, if it is surely ahead of a tenth."""
    known = table[table["share"].notna()].sort_values(["customers", "reason"], ascending=[False, True])
    if known.empty:
        return say("churn_drivers.reasons.unknown")
    top = known.iloc[0]
    return say("churn_drivers.reasons.title", reason=say(f"churn_drivers.reason.{top['reason']}"), share=top["share"],
               customers=int(known["customers"].sum()))  # fmt: skip
