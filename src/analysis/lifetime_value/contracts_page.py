"""V4 under contract on the page: the renewal rate beside what is claimed, survival, and what the largest contracts are worth."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from analysis.core.contracts.clean import CUSTOMER_NAME
from analysis.core.contracts.lifetime_value_contracts import (
    AGES,
    CONTRACT_MODELS,
    CONTRACT_SCORES,
    CONTRACT_SURVIVAL,
    CONTRACT_VALUES,
    LAWS,
    TOLD,
)
from analysis.core.contracts.schema import Column, Table, Words
from analysis.core.text import Phrase, joined, say
from analysis.draw.axis import Mark
from analysis.draw.line import plot_line
from analysis.draw.page import Check, Look, Page, Section
from analysis.lifetime_value.contract_figures import named_horizons
from analysis.lifetime_value.contract_laws import STRONG, Choice, models_table
from analysis.lifetime_value.contracts import ContractValuation, RenewalRate
from analysis.lifetime_value.valuation import Valuation
from analysis.models.result import FitStatus

LISTED = Table(
    "largest_contracts", "one customer in the list of the largest contracts", ("customer_id",),
    (
        *CONTRACT_VALUES.columns, CUSTOMER_NAME,
        Column("ever", "money", Words("Long run", "长期价值"), "Over all time to come.", nullable=True),
        Column("ever_lo", "money", Words("Long run, low", "长期下限"), "Lower end of its interval.", nullable=True),
        Column("ever_hi", "money", Words("Long run, high", "长期上限"), "Upper end of its interval.", nullable=True),
    ),
)  # fmt: skip
LAW_WORDS = {name: say(f"lifetime_value.law.{name}") for name in LAWS}
ONE_POINT = 0.01  # a percentage point: smaller changes are not seen on the page


def sections(page: Page, valuation: Valuation) -> list[Section]:
    """What the page says of contracts, in reading order; nothing where there is no table of them."""
    found = valuation.contracts
    if found is None:
        return []
    if found.choice is None:
        title = say("lifetime_value.contracts.undecided")
        return [page.notes("contracts", kicker=_kicker(), title=title, lines=_left_out(found, valuation))]
    drawn = [
        renewals(page, valuation, found),
        survival(page, valuation, found, found.choice),
        values(page, valuation, found),
        scores(page, valuation, found.choice),
        models(page, valuation, found.choice),
    ]
    return [section for section in drawn if section is not None]


def renewals(page: Page, valuation: Valuation, found: ContractValuation) -> Section:
    """The share that renewed, beside what is claimed, and what was left out."""
    lines, settings = _left_out(found, valuation), valuation.settings
    if found.rate is not None:
        counted = say(
            "lifetime_value.contracts.rate", renewed=found.rate.renewed, decided=found.rate.decided, share=found.rate.share,
            lo=found.rate.lo, hi=found.rate.hi, level=settings.interval_level, term=found.lines.term_months,
        )  # fmt: skip
        lines = [counted, *lines]
    return page.notes(
        "contracts", kicker=_kicker(), title=rate_title(found.rate, settings.contracts.claimed_renewal), lines=lines
    )


def rate_title(rate: RenewalRate | None, claimed: float) -> Phrase:
    """Whether as many renew as is claimed, as far as the interval tells."""
    if rate is None:
        return say("lifetime_value.contracts.none_lately")
    side = "below" if rate.hi < claimed else "above" if rate.lo > claimed else "near"
    return say(f"lifetime_value.contracts.{side}", share=rate.share, claimed=claimed)


def survival(page: Page, valuation: Valuation, found: ContractValuation, choice: Choice) -> Section | None:
    """Kaplan-Meier with its interval, the published law beside it; nothing where no contract is known from its first on."""
    if found.survival.empty:
        return None
    begun = pd.DataFrame({"renewal": [0], "survival": [1.0], "lo": [1.0], "hi": [1.0], "model": [1.0]})
    line = pd.concat([begun, found.survival[list(begun)]], ignore_index=True).rename(columns={"renewal": "x"})
    last, at_risk = line.iloc[-1], found.survival["at_risk"]
    counted = say("lifetime_value.survival.note", contracts=int(at_risk.iloc[0]), decisions=int(at_risk.sum()))
    return page.figure(
        "contract_survival", kicker=say("lifetime_value.survival.kicker"), title=survival_title(found.survival, choice),
        deck=say("lifetime_value.survival.deck", level=valuation.settings.interval_level),
        note=joined([counted, *([chosen(choice, valuation)] if choice.reason else [])]),
        draw=partial(
            plot_line, line.rename(columns={"survival": "y"})[["x", "y", "lo", "hi"]], form="percent", x_form="count",
            x_name=say("lifetime_value.survival.x"), y_name=say("lifetime_value.survival.y"),
            marks=(Mark(last["x"], last["survival"], say("lifetime_value.survival.left", share=last["survival"]), strong=True),),
            before=(line.rename(columns={"model": "y"})[["x", "y"]], LAW_WORDS[choice.name]),
        ),
        data=found.survival, contract=CONTRACT_SURVIVAL, look=Look(search=False),
    )  # fmt: skip


def survival_title(table: pd.DataFrame, choice: Choice) -> Phrase:
    """Whether who stays longer is likelier to renew, by the published law."""
    if choice.reason == "few_lost":
        return say("lifetime_value.survival.unknown")
    last = int(table["renewal"].max())
    first, then = choice.law.retention(np.array([1, last]))
    if last == 1:
        return say("lifetime_value.survival.first", share=first)
    if abs(then - first) < ONE_POINT:
        return say("lifetime_value.survival.even", share=first)
    side = "rising" if then > first else "falling"
    return say(f"lifetime_value.survival.{side}", first=first, then=then, last=last)


def chosen(choice: Choice, valuation: Valuation) -> Phrase:
    """Which law is published, and why."""
    settings, law = valuation.settings, LAW_WORDS[choice.name]
    if choice.reason == "few_lost":
        return say("lifetime_value.chosen.few_lost", lost=settings.contracts.min_lost)
    if choice.reason == "few_cutoffs":
        return say("lifetime_value.chosen.few_cutoffs", law=law, cutoffs=settings.contracts.min_cutoffs)
    score = choice.scores.iloc[0]
    return say("lifetime_value.chosen.scored", law=law, cutoffs=int(score["cutoffs"]), decisions=int(score["decisions"]),
               months=settings.contracts.cutoff_months)  # fmt: skip


def values(page: Page, valuation: Valuation, found: ContractValuation) -> Section | None:
    """The largest running contracts by value over the longest horizon; nothing where no running contract has a value."""
    settings = valuation.settings
    if found.worth is None or found.worth.values["value"].isna().all():
        return None
    named = named_horizons(settings)
    far = max(settings.horizon_months)
    top = _largest(found.worth.values, valuation, far)
    totals = found.worth.totals.set_index("horizon_months")
    ever = named.get("contract_value_ever")
    people = found.worth.values.groupby("customer_id")["value"].count()
    unvalued = int((people == 0).sum())
    told = ("told",) if (top["told"] != "open").any() else ()
    over = totals.loc[float(far)]
    title = (
        say("lifetime_value.worth.title_far", value=over["value"], months=far)
        if ever is None
        else say("lifetime_value.worth.title", value=over["value"], months=far, ever=totals.loc[ever, "value"])
    )
    return page.table(
        "contract_values", top, LISTED, kicker=say("lifetime_value.worth.kicker"), title=title,
        deck=say("lifetime_value.worth.deck", months=far, rate=settings.discount_rate_yearly, level=settings.interval_level,
                 n=len(people) - unvalued),
        note=joined([
            say("lifetime_value.worth.interval", lo=over["lo"], hi=over["hi"], months=far, level=settings.interval_level),
            *([say("lifetime_value.worth.unvalued", count=unvalued)] if unvalued else []),
            say("lifetime_value.worth.note"),
        ]),
        look=Look(
            columns=("customer_name", "plan", "ends_on", "renewals", *told, "renews", "annual_value", "value", "lo", "hi",
                     "ever", "ever_lo", "ever_hi"),
            words={"told": {one: say(f"lifetime_value.told.{one}") for one in TOLD}}, forms={"renews": "percent"},
        ),
        names=("customer_name",),
    )  # fmt: skip


def scores(page: Page, valuation: Valuation, choice: Choice) -> Section | None:
    """How the laws foretold what they had not seen; nothing where there were too few cut-offs."""
    if choice.scores.empty:
        return None
    return page.table(
        "contract_scores", choice.scores, CONTRACT_SCORES, kicker=say("lifetime_value.law_scores.kicker"),
        title=say("lifetime_value.law_scores.title", law=LAW_WORDS[choice.name]),
        deck=chosen(choice, valuation), note=say("lifetime_value.law_scores.note", gain=STRONG),
        look=Look(words={"law": LAW_WORDS}, search=False, changes=("total_error",),
                  forms={"predicted": "number1", "log_loss": "number4"}),
    )  # fmt: skip


def models(page: Page, valuation: Valuation, choice: Choice) -> Section:
    """Parameters of the laws, for those who know them."""
    statuses = {status.value: say(f"lifetime_value.status.{status.name.lower()}") for status in FitStatus}
    statuses[FitStatus.EXTREME_DROPOUT.value] = say("lifetime_value.law_models.bound")
    level, table = valuation.settings.interval_level, models_table(choice, valuation.settings.interval_level)
    counted = table.groupby("age")[["decisions", "lost"]].first().sum()
    deck = say("lifetime_value.law_models.deck", level=level, decisions=int(counted["decisions"]), lost=int(counted["lost"]))
    return page.table(
        "contract_models", table.assign(no_interval="not_identified"), CONTRACT_MODELS, kicker=say("lifetime_value.law_models.kicker"),
        title=say("lifetime_value.law_models.title"), deck=deck, note=say("lifetime_value.law_models.note"),
        look=Look(columns=("law", "age", "parameter", "estimate", "lo", "hi", "log_likelihood", "status"),
                  words={"law": LAW_WORDS, "status": statuses, "age": {one: say(f"lifetime_value.age.{one}") for one in AGES},
                         "no_interval": {"not_identified": say("lifetime_value.no_interval.not_identified")}}, search=False,
                  forms=dict.fromkeys(("estimate", "lo", "hi"), "parameter3") | {"log_likelihood": "number1"}, gaps={"lo": "no_interval"}),
    )  # fmt: skip


def checks(found: ContractValuation | None) -> list[Check]:
    """What must hold between the tables of contracts, where there are any."""
    if found is None or found.worth is None or found.worth.values.empty:
        return []
    values = found.worth.values
    ever = values["horizon_months"].astype(float).fillna(np.inf)
    sums = values.groupby(ever)["value"].sum()
    return [
        Check(say("lifetime_value.check.contracts"),
              bool(np.allclose(sums, found.worth.totals.set_index("horizon_months")["value"], rtol=1e-9))),
        Check(say("lifetime_value.check.contract_interval"),
              bool(values["value"].between(values["lo"], values["hi"])[values["value"].notna()].all())),
    ]  # fmt: skip


def _kicker() -> Phrase:
    return say("lifetime_value.contracts.kicker")


def _largest(table: pd.DataFrame, valuation: Valuation, months: int) -> pd.DataFrame:
    """The largest by value over so many months, with what they are worth in the long run."""
    columns = {"value": "ever", "lo": "ever_lo", "hi": "ever_hi"}
    ever = table[table["horizon_months"].isna()].rename(columns=columns)[["customer_id", *columns.values()]]
    names = valuation.customers[["customer_id", "customer_name"]]
    found = (
        table[(table["horizon_months"] == months).fillna(False) & table["value"].notna()]
        .sort_values(["value", "customer_id"], ascending=[False, True])
        .head(valuation.settings.listed_customers)
        .merge(ever, on="customer_id", how="left")
        .merge(names, on="customer_id", how="left")
    )
    return found.assign(customer_name=found["customer_name"].fillna(found["customer_id"]))


def _left_out(found: ContractValuation, valuation: Valuation) -> list[Phrase]:
    """What counts, and what does not."""
    out, asked = found.lines.left_out, valuation.settings.contracts
    lines = [
        say("lifetime_value.contracts.counted", contracts=len(found.lines.terms), term=found.lines.term_months),
        say("lifetime_value.contracts.decided", days=asked.grace_days),
    ]
    faults = {name: out[name] for name in ("no_end", "wrong_end", "other_term")}
    if any(faults.values()):
        lines.append(say("lifetime_value.contracts.left_out", **faults))
    if out["unknown_age"]:
        lines.append(say("lifetime_value.contracts.unknown_age", contracts=out["unknown_age"]))
    return lines
