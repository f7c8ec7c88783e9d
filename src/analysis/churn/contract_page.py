"""Churn under contract, where there are contracts: what the lifetime value stage found of their renewals."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.churn.assessment import Assessment
from analysis.core import tables
from analysis.core.contracts.lifetime_value_contracts import CONTRACT_MODELS, CONTRACT_SURVIVAL
from analysis.core.text import joined, say
from analysis.draw.axis import Mark
from analysis.draw.line import plot_line
from analysis.draw.page import Look, Page, Section


def contracts(page: Page, assessment: Assessment) -> list[Section]:
    """How many contracts are still there after each renewal; nothing where no contract was ever due."""
    survival, models = tables.read(CONTRACT_SURVIVAL), tables.read(CONTRACT_MODELS)
    law = models[models["is_published"]]
    if survival.empty or law.empty:
        return []
    begun = pd.DataFrame({"renewal": [0], "survival": [1.0], "lo": [1.0], "hi": [1.0], "model": [1.0]})
    line = pd.concat([begun, survival[list(begun)]], ignore_index=True).rename(columns={"renewal": "x"})
    last, first = survival.iloc[-1], survival.iloc[0]
    left = int((survival["at_risk"] - survival["renewed"]).sum())
    words = say(f"churn.law.{law['law'].iloc[0]}")
    fitted = [
        say("churn.contracts.parameter", name=row.parameter, estimate=row.estimate) for row in law[law["age"] == "known"].itertuples()
    ]
    note = say("churn.contracts.note", contracts=int(first["at_risk"]), left=left, law=words)
    drawn = page.figure(
        "contracts", kicker=say("churn.contracts.kicker"),
        title=say("churn.contracts.title", share=last["survival"], renewals=int(last["renewal"])) if left else say("churn.contracts.stayed"),
        deck=say("churn.contracts.deck", level=assessment.settings.interval_level), note=joined([note, *fitted]),
        draw=partial(
            plot_line, line.rename(columns={"survival": "y"})[["x", "y", "lo", "hi"]], form="percent", x_form="count",
            x_name=say("churn.contracts.x"), y_name=say("churn.contracts.y"),
            marks=(Mark(int(last["renewal"]), last["survival"], say("churn.contracts.left", share=last["survival"]), strong=True),),
            before=(line.rename(columns={"model": "y"})[["x", "y"]], words),
        ),
        data=survival, contract=CONTRACT_SURVIVAL, look=Look(search=False),
    )  # fmt: skip
    return [drawn]
