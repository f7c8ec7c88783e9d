"""C5 and C6: what an incident costs in staying, against the same world without its hurt; and who returned, and with how much.

The true tolerance of a severity is the share of its incidents after which the customer ordered in time, over the same share
where the history is lived again with the same luck, but incidents hurt nobody.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.churn.tolerance import TOLERANCE_CUSHIONS
from analysis.simulate.world.history import Bought
from analysis.simulate.world.life import SLOTS
from analysis.simulate.world.world import let_live
from tests.recovery.harness import Band, Estimate, Findings, Row
from tests.recovery.scenes import FAILED_TRADE, HURT_TRADE, LOSING_TRADE, UNHURT_TRADE
from tests.recovery.truth import CENTS, purchases
from tests.recovery.worlds import Trial

HURTING = frozenset({"defects", "slow_response"})  # drivers that are made of incidents
SPAN = 10**6  # more days than there are


def true_tolerance(trial: Trial) -> pd.Series:
    """T by class of severity."""
    return trial.once("true tolerance", lambda: _true_tolerance(trial))


def _true_tolerance(trial: Trial) -> pd.Series:
    cast, settings = trial.world.cast, trial.tolerance.settings
    unhurt = replace(cast, preset=replace(cast.preset, service=replace(cast.preset.service, hurt=0.0)))
    lived, other = trial.world.history.bought, let_live(unhurt, HURTING).bought
    lag = int(np.median(trial.world.incidents["day"] - trial.world.orders["day"][trial.world.incidents["order"]]))
    bad = np.flatnonzero((lived.severity > 0) & (lived.day + lag + settings.stay_days <= trial.last_known))
    where = pd.Series(np.arange(len(other.who)), _orders(other)).reindex(_orders(lived)[bad]).to_numpy()
    same = ~np.isnan(where)  # where hurt drives nobody away, some orders have another number
    bad, at = bad[same], where[same].astype(int)
    steps = np.searchsorted(np.array(settings.severity_from), lived.severity[bad], side="right")
    stayed = pd.DataFrame({"with": _stayed(lived, bad, lag, settings.stay_days), "without": _stayed(other, at, lag, settings.stay_days)})
    shares = stayed.groupby(steps).mean()
    return shares["with"] / shares["without"]


def _orders(bought: Bought) -> pd.Index:
    """A number for each order of a customer, the same in every life of it."""
    return pd.Index((bought.who.astype(np.int64) * SLOTS + bought.number) * SLOTS + bought.stock)


def _stayed(bought: Bought, rows: np.ndarray, lag: int, days: int) -> np.ndarray:
    """Whether each customer ordered within ``days`` after ``lag`` days from its order."""
    keys = np.sort(bought.who.astype(np.int64) * SPAN + bought.day)
    start = bought.who[rows].astype(np.int64) * SPAN + bought.day[rows] + lag
    following = np.append(keys, np.iinfo(np.int64).max)[np.searchsorted(keys, start, side="right")]
    return following <= start + days


def tolerances(trial: Trial) -> list[Estimate]:
    """T by severity."""
    told = trial.tolerance.classes("severity").set_index("place")
    return [Estimate(told.loc[place, "tolerance"], one, told.loc[place, "lo"], told.loc[place, "hi"]) for place, one in true_tolerance(trial).items()]


def wrong_orders(trial: Trial) -> Findings:
    """Neighbouring severities whose tolerance is told in the wrong order."""
    told, true = trial.tolerance.classes("severity")["tolerance"].to_numpy(), true_tolerance(trial).to_numpy()
    return Findings(int((np.diff(told) * np.diff(true) <= 0).sum()), len(true) - 1)


def wrong_cushions(trial: Trial) -> Findings:
    """Of many former orders and an answer in time, which do soften here, those told to sharpen."""
    told = trial.tolerance[TOLERANCE_CUSHIONS].set_index("cushion")["ratio"]
    return Findings(int((told[["orders", "fix"]] < 1).sum()), 2)  # 2: both of them


def clear_losses(trial: Trial) -> Findings:
    """Classes of incidents that are said to change who stays."""
    told = pd.concat([trial.tolerance.classes(name) for name in ("all", "severity", "gap")])
    return Findings(int(((told["hi"] < 1) | (told["lo"] > 1)).sum()), len(told))


def refused_equations(trial: Trial) -> Findings:
    """Whether tolerance is said to differ between kinds of customers."""
    assert trial.tolerance.tests is not None
    return Findings(int(trial.tolerance.tests[1].p_value < trial.tolerance.settings.test_level), 1)


def _came_back(trial: Trial) -> pd.DataFrame:
    """Of the customers asked: ``returned`` within the days ahead, and the ``value`` of the days from then on, in currency."""
    asked, settings = trial.win_back.asked, trial.win_back.settings
    made = purchases(trial.world, known_on=trial.world.clock.days)
    ahead = made[made["day"] > trial.last_known].sort_values(["customer", "day"])
    first = ahead.groupby("customer")["day"].transform("min")
    within = (first <= trial.last_known + settings.within_days) & (ahead["day"] < first + settings.value_days)
    value = (ahead["contribution"] / CENTS)[within].groupby(ahead["customer"]).sum().reindex(trial.places(asked["customer_id"]))
    return pd.DataFrame({"returned": value.notna().to_numpy(), "value": value.fillna(0).to_numpy()})


def returns(trial: Trial) -> Estimate:
    """The share of the customers asked that returns."""
    return Estimate(trial.win_back.asked["chance"].mean(), float(_came_back(trial)["returned"].mean()))


def returned_value(trial: Trial) -> Estimate:
    """What those who return bring in the days from then on, by customer asked, over what each brought before."""
    asked = trial.win_back.asked
    before = asked["value_before"].sum()
    return Estimate(asked["return_value"].sum() / before, _came_back(trial)["value"].sum() / before)


def ranked(trial: Trial) -> Estimate:
    """The share that returns of the half with the higher chance, over that of all."""
    chance = trial.win_back.asked["chance"]
    came, higher = _came_back(trial)["returned"].to_numpy(), (chance.rank(method="first") > len(chance) / 2).to_numpy()  # 2: a half
    return Estimate(came[higher].mean(), came.mean())


def _nothing(findings: float, measured: str, reason: str) -> Band:
    return Band(findings=findings, measured=measured, reason=reason)


FEW_RETURNS = 0.1  # share of the worlds with too few returns to tell what one is worth

ROWS = [
    Row("tolerance: by severity", FAILED_TRADE, tolerances,
        Band(bias=(-0.005, 0.005), spread=0.0137, covers=(0.85, 1.0), level=0.95, measured="-0.06 %, 97 % of 90 intervals hold it (30 worlds)",
             reason="the landmarks' customers are as alike as their rhythm, silence and orders tell"), scale="log", fast_seeds=1),
    Row("tolerance: by severity, where failures hurt much", HURT_TRADE, tolerances,
        Band(bias=(-0.01, 0.02), spread=0.027, covers=(0.85, 1.0), level=0.95, measured="+0.9 %, 99 % of 90 intervals hold it (30 worlds)",
             reason="landmarks too may follow an earlier failure, and the fewer bad ones lean on the lighter ones"), scale="log", fast_seeds=1),
    Row("tolerance: severities in the wrong order, where failures hurt much", HURT_TRADE, wrong_orders,
        _nothing(0.05, "1 in 60 pairs (30 worlds)", "a step of severity takes several points off the share that stays"), fast_seeds=1),
    Row("tolerance: cushions told to sharpen, where failures hurt much", HURT_TRADE, wrong_cushions,
        _nothing(0.05, "1 in 60 (30 worlds)", "many former orders and an answer in time both soften it here"), fast_seeds=1),
    Row("tolerance: classes said to change who stays, where failures change nothing", UNHURT_TRADE, clear_losses,
        _nothing(0.1, "6 in 240 (30 worlds)", "intervals at 90 % miss one in ten at most; classes lean on one another"), fast_seeds=1),
    Row("tolerance: kinds said to differ, where failures change nothing", UNHURT_TRADE, refused_equations,
        _nothing(0.05, "0 in 30 worlds", "the level of the test"), fast_seeds=1),
    Row("win-back: share of the silent that returns", LOSING_TRADE, returns,
        Band(bias=(-0.01, 0.02), spread=0.0166, missing=FEW_RETURNS, measured="+0.9 points of about 4 % (28 of 30 worlds)",
             reason="customers are grouped by rhythm only, and some groups are small"), scale="absolute", fast_seeds=1),
    Row("win-back: value of the returns over the value before", LOSING_TRADE, returned_value,
        Band(bias=(-0.01, 0.02), spread=0.0219, missing=FEW_RETURNS, measured="+0.7 points (28 of 30 worlds)",
             reason="follows from the chances; one large customer's return moves it much"), scale="absolute", fast_seeds=1),
    Row("win-back: returns of the likelier half over those of all", LOSING_TRADE, ranked,
        Band(bias=(0.01, 0.05), spread=0.013, missing=FEW_RETURNS, measured="+2.5 points (28 of 30 worlds)",
             reason="rhythm and length of the silence tell who comes back"), scale="absolute", fast_seeds=1),
]  # fmt: skip
