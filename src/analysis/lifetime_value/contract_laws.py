"""V4 under contract: which law of renewal foretold best what it had not seen, and what is left of the contracts by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.core.contracts.lifetime_value_contracts import (
    CONTRACT_MODELS,
    CONTRACT_SCORES,
    CONTRACT_SURVIVAL,
)
from analysis.core.params import LifetimeValue
from analysis.lifetime_value.contract_ages import Renewing
from analysis.lifetime_value.contract_lines import ContractLines
from analysis.models.newton import Array
from analysis.models.periods import months_before
from analysis.models.renewal import Renewals, fit_bdw, fit_sbg
from analysis.models.result import FitStatus
from analysis.models.shares import beta_interval
from analysis.models.survival_curve import survival_curve

JEFFREYS = 1 / 2  # counted on both sides of a share
STANDING = "sbg"  # published unless another law foretold surely better
STRONG = 3.0  # gain in log-likelihood from which evidence is "strong" (Kass & Raftery 1995, JASA 90, 777)
EPOCH = pd.Timestamp("1970-01-01")


@dataclass(frozen=True)
class Choice:
    """The published law, and what it was chosen from.

    Attributes
    ----------
    name : ``sbg``, ``bdw``, or ``constant``: one share for all.
    law : fitted to all decided renewals of contracts whose age is known; ``constant`` after too few losses, to all.
    older : the law of the same kind of contracts whose age is not known, by their renewals in the table; ``law`` where too few
        of them were lost.
    table, older_table : what the laws were fitted to: ``renewal, at_risk, renewed``; the latter without rows where ``older``
        is ``law``.
    fits : every law that could be fitted to these contracts.
    scores : the table ``contract_scores``; without rows where there were too few cut-offs.
    reason : why the laws were not compared: ``few_lost``, ``few_cutoffs``; empty where they were.
    """

    name: str
    law: Renewals
    older: Renewals
    table: pd.DataFrame
    older_table: pd.DataFrame
    fits: dict[str, Renewals]
    scores: pd.DataFrame
    reason: str

    @property
    def renewing(self) -> Renewing:
        """The law for contracts of any age."""
        return Renewing(self.law, self.older)

    def draws(self, *, count: int, seed: int) -> list[Renewing]:
        """Laws that the data would bear as well: fits to as many decisions drawn from the published one.

        A fit that could not tell contracts apart tells nothing of how far they might differ; fits to what it could have
        brought do. For one share for all, draws of the share from Jeffreys' posterior.

        References
        ----------
        Efron & Tibshirani (1993), An Introduction to the Bootstrap, section 6.5.
        """
        rng = np.random.default_rng(seed)
        laws = _redrawn(self.name, self.law, self.table, count, rng)
        older = _redrawn(self.name, self.older, self.older_table, count, rng) if len(self.older_table) else laws
        return [Renewing(*one) for one in zip(laws, older, strict=True)]


def _redrawn(name: str, law: Renewals, table: pd.DataFrame, count: int, rng: np.random.Generator) -> list[Renewals]:
    """Fits to as many decisions drawn from ``law``."""
    lost, renewed = lost_and_renewed(table)
    if name == "constant":
        return [replace(law, p=float(p)) for p in rng.beta(lost + JEFFREYS, renewed + JEFFREYS, count)]
    share = law.retention(table["renewal"].to_numpy())
    fits: list[Renewals] = []
    while len(fits) < count:
        drawn = table.assign(renewed=rng.binomial(table["at_risk"], share))
        if min(lost_and_renewed(drawn)) > 0:
            fits.append(LAWS[name](drawn))
    return fits


def fit_constant(table: pd.DataFrame) -> Renewals:
    """One share that leaves, for all and at every renewal: the mean of what Jeffreys' prior and the counts leave open."""
    lost, renewed = lost_and_renewed(table)
    p = (lost + JEFFREYS) / (lost + renewed + 2 * JEFFREYS)  # 2: on both sides
    value = lost * np.log(p) + renewed * np.log1p(-p)
    return Renewals(
        p=p, log_likelihood=float(value), n=round(lost + renewed), status=FitStatus.EQUAL_RENEWALS,
        covariance=((1 / (lost + renewed + 1) / p / (1 - p),),),
    )  # fmt: skip


LAWS: dict[str, Callable[[pd.DataFrame], Renewals]] = {"constant": fit_constant, "sbg": fit_sbg, "bdw": fit_bdw}


def choose_law(lines: ContractLines, settings: LifetimeValue, as_of: pd.Timestamp) -> Choice | None:
    """Fit the laws and publish the one that foretold best; nothing where no renewal is decided.

    With fewer losses than ``min_lost`` one share stands for all. Else the shifted beta-geometric law is published, for
    that contracts differ is the rule (Fader & Hardie 2010), unless another one is told apart by what it foretold.
    """
    decided, asked = lines.decided, settings.contracts
    known, unknown = decided[decided["is_age_known"]], decided[~decided["is_age_known"]]
    none = pd.DataFrame(columns=list(CONTRACT_SCORES.by_name))
    if decided.empty:
        return None
    if not carries_a_law(known, asked.min_lost):
        table = renewal_table(decided)
        law = fit_constant(table)
        return Choice("constant", law, law, table, table.head(0), {"constant": law}, none, "few_lost")
    table = renewal_table(known)
    fits = {name: fit(table) for name, fit in LAWS.items()}
    scores = score_laws(known, settings, as_of)
    name = _published(fits, scores)
    older_table = renewal_table(unknown if carries_a_law(unknown, asked.min_lost) else unknown.head(0))
    older = _able(LAWS[name](older_table)) or fit_constant(older_table) if len(older_table) else fits[name]
    scores = scores.assign(is_published=scores["law"] == name) if len(scores) else scores
    return Choice(name, fits[name], older, table, older_table, fits, scores, "" if len(scores) else "few_cutoffs")


def _published(fits: dict[str, Renewals], scores: pd.DataFrame) -> str:
    able = [name for name, fit in fits.items() if _able(fit)]
    standing = STANDING if STANDING in able else "constant"
    if scores.empty:
        return standing
    loss = (scores["log_loss"] * scores["decisions"]).set_axis(scores["law"])
    best = str(loss[able].idxmin())
    return best if loss[standing] - loss[best] >= STRONG else standing


def carries_a_law(decided: pd.DataFrame, min_lost: int) -> bool:
    """Whether enough contracts were lost, and any were renewed."""
    renewed = int(decided["is_renewed"].sum())
    return len(decided) - renewed >= min_lost and renewed > 0


def renewal_table(decided: pd.DataFrame) -> pd.DataFrame:
    """Decided contracts by the number of their renewal: ``renewal, at_risk, renewed``."""
    found = decided.groupby("number")["is_renewed"].agg(at_risk="size", renewed="sum")
    return found.rename_axis("renewal").reset_index()


def lost_and_renewed(table: pd.DataFrame) -> tuple[float, float]:
    """How many were not renewed, and how many were."""
    renewed = float(table["renewed"].sum())
    return float(table["at_risk"].sum()) - renewed, renewed


def score_laws(known: pd.DataFrame, settings: LifetimeValue, as_of: pd.Timestamp) -> pd.DataFrame:
    """Foretell the decisions of every ``cutoff_months`` from all before them.

    It goes back as far as half of all decisions were known, else to ``min_cutoffs`` if enough were lost by then: what a
    few first renewals tell of later ones says little about a law. A law that the contracts of then could not carry
    foretells as one share for all.

    Returns
    -------
    The table ``contract_scores``, nothing published yet; without rows with fewer than ``min_cutoffs`` cut-offs.
    """
    told: list[tuple[str, float, float, float, float]] = []
    end, cutoffs = as_of, 0
    while True:
        cut = months_before(as_of, settings.contracts.cutoff_months * (cutoffs + 1))
        decided = pd.to_timedelta(known["decided_on"], unit="D") + EPOCH
        before, after = known[decided <= cut], known[(decided > cut) & (decided <= end)]
        young = 2 * len(before) < len(known)  # 2: less than half
        if (young and cutoffs >= settings.contracts.min_cutoffs) or not carries_a_law(before, settings.contracts.min_lost):
            break
        train, test = renewal_table(before), renewal_table(after)
        told += [(name, *_foretold(_able(fit(train)) or fit_constant(train), test)) for name, fit in LAWS.items() if len(test)]
        end, cutoffs = cut, cutoffs + 1
    scores = pd.DataFrame(told, columns=["law", "decisions", "renewed", "predicted", "loss"])
    cutoffs = len(scores) // len(LAWS)
    if cutoffs < settings.contracts.min_cutoffs:
        return pd.DataFrame(columns=list(CONTRACT_SCORES.by_name))
    sums = scores.groupby("law").sum().reindex(list(LAWS))
    return pd.DataFrame({
        "law": list(LAWS), "is_published": False, "cutoffs": cutoffs,
        "decisions": sums["decisions"].astype(int), "renewed": sums["renewed"].astype(int), "predicted": sums["predicted"],
        "total_error": sums["predicted"] / sums["renewed"].where(sums["renewed"] > 0) - 1,
        "log_loss": sums["loss"] / sums["decisions"],
    }).reset_index(drop=True)  # fmt: skip


def _able(fit: Renewals) -> Renewals | None:
    """``fit``, unless its likelihood has no maximum inside: some would leave at once, and the others never."""
    return None if fit.status == FitStatus.EXTREME_DROPOUT else fit


def _foretold(law: Renewals, test: pd.DataFrame) -> tuple[float, float, float, float]:
    """Decisions, renewals, expected renewals, and the summed logarithmic loss (Gneiting & Raftery 2007)."""
    share = law.retention(test["renewal"].to_numpy())
    at_risk, renewed = test["at_risk"].to_numpy(float), test["renewed"].to_numpy(float)
    loss = -(renewed * np.log(share) + (at_risk - renewed) * np.log1p(-share)).sum()
    return float(at_risk.sum()), float(renewed.sum()), float((at_risk * share).sum()), float(loss)


def survival_table(lines: ContractLines, choice: Choice, level: float) -> pd.DataFrame:
    """The table ``contract_survival``, of the contracts whose age is known."""
    decided = lines.decided
    known = decided[decided["is_age_known"]]
    if known.empty:
        return pd.DataFrame(columns=list(CONTRACT_SURVIVAL.by_name))
    last = known.sort_values(["line", "number"]).groupby("line").tail(1)
    curve = survival_curve(last["number"], ~last["is_renewed"], pd.Series(1, last.index), level=level)
    table = renewal_table(known)
    steps = curve.set_index("step")[["share", "lo", "hi"]].reindex(table["renewal"])
    steps = steps.ffill().fillna({"share": 1.0})
    return table.assign(
        survival=steps["share"].to_numpy(), lo=steps["lo"].to_numpy(), hi=steps["hi"].to_numpy(),
        model=choice.law.survival(table["renewal"].to_numpy()),
    )  # fmt: skip


def models_table(choice: Choice, level: float) -> pd.DataFrame:
    """The table ``contract_models``."""
    fits = [("known", name, fit, choice.table) for name, fit in choice.fits.items()]
    if len(choice.older_table):
        fits.append(("older", choice.name, choice.older, choice.older_table))
    rows = []
    for age, name, fit, table in fits:
        lost, renewed = lost_and_renewed(table)
        low, high = _ends(fit, lost, renewed, level)
        rows.append(pd.DataFrame({
            "age": age, "law": name, "is_published": name == choice.name, "parameter": list(fit.names), "estimate": fit.params.to_numpy(),
            "lo": low, "hi": high, "log_likelihood": fit.log_likelihood, "decisions": round(lost + renewed), "lost": round(lost),
            "status": str(fit.status),
        }))  # fmt: skip
    return pd.concat(rows, ignore_index=True)[list(CONTRACT_MODELS.by_name)]


def _ends(fit: Renewals, lost: float, renewed: float, level: float) -> tuple[Array, Array]:
    """Ends of the intervals of the parameters; missing where the data leave them vague or at their bound."""
    if fit.p is not None:
        low, high = beta_interval(lost + JEFFREYS, renewed + JEFFREYS, level=level)
        return np.array([low]), np.array([high])
    if not _able(fit):
        return np.full(len(fit.names), np.nan), np.full(len(fit.names), np.nan)
    ends = fit.known_intervals(level)
    return ends["lower"].to_numpy(), ends["upper"].to_numpy()
