"""The end of the director's page: what cannot be seen, what the words mean, and the self-check."""

from __future__ import annotations

from math import isclose

import pandas as pd

from analysis.core.estimate import Figure
from analysis.core.tables import ROUNDING
from analysis.core.text import say
from analysis.draw.page import Check, Page, Section, Term
from analysis.executive.briefing import Briefing
from analysis.executive.gaps import list_gaps


def missing(page: Page, briefing: Briefing) -> Section | None:
    """The tables that would answer most; nothing where nothing is missing."""
    return page.missing(list_gaps(briefing.gate, briefing.facts["value_name"], briefing.params.executive.listed_gaps))


def glossary(page: Page, briefing: Briefing) -> Section:
    """The terms that the page uses."""
    quiet = say("executive.term.quiet_is", limit=briefing.params.churn.at_risk_from)
    terms = {
        say(f"executive.term.{name}"): quiet if name == "quiet" else say(f"executive.term.{name}_is")
        for name in ("contribution", "active", "retention", "expected", "risk", "quiet", "tier", "wallet", "driver")
        if name != "contribution" or briefing.facts["value_name"] == "contribution"
    }
    return page.glossary([Term(term, meaning) for term, meaning in terms.items()])


def checks(page: Page, briefing: Briefing, figures: list[Figure], tiers: pd.DataFrame) -> Section:
    """The page's numbers against the tables that they come from; what cannot be there is not checked.

    Parameters
    ----------
    tiers : the table ``tier_values``.
    """
    found = {figure.name: figure.value for figure in figures}
    published, clv, risk = briefing.published, briefing.clv, briefing.risk
    near = clv.loc[clv["horizon_months"] == clv["horizon_months"].min(), "clv"]
    last = briefing.ends["net_retention"].iloc[-1]
    retained = published["profit"]["net_retention"].value
    pairs = {
        "value": (briefing.value, briefing.profits[briefing.measure].sum()),
        "retention": (last, retained),
        "tiers": (tiers["customers"].sum(), clv.loc[clv["horizon_months"] == clv["horizon_months"].max(), "clv"].notna().sum()),
        "predicted": (found["predicted_value"], near.sum()),
        "risk": (found["value_at_risk"], risk["value_at_risk"].sum()),
        "quiet": (briefing.quiet.money, published["churn"]["quiet_value"].value),
    }
    lines = [
        Check(say(f"executive.check.{name}"), _agree(here, there))
        for name, (here, there) in pairs.items()
        if not (_is_absent(here) or _is_absent(there))
    ]
    if not briefing.steps.empty:
        lines.insert(1, Check(say("executive.check.bridge"), _closes(briefing.steps["value_e4"])))
    return page.provenance(checks=lines)


def _closes(value_e4: pd.Series) -> bool:
    return bool(value_e4.drop("total").sum() == value_e4["total"])


def _agree(here: float, there: float) -> bool:
    return isclose(here, there, rel_tol=ROUNDING, abs_tol=ROUNDING)


def _is_absent(value: float | None) -> bool:
    return value is None or bool(pd.isna(value))
