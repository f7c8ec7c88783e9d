"""Who orders in a week, how it is served, and what an incident does."""

from __future__ import annotations

import numpy as np

from analysis.simulate.world.chance import Draws
from analysis.simulate.world.laws import Preset
from analysis.simulate.world.life import HERE_STILL, INCIDENTS, SLOTS, Life
from analysis.simulate.world.nature import Nature
from analysis.simulate.world.season import DAYS_IN_YEAR, QUARTER_DAYS, Week

MOST_SEVERE = 5


def share_and_pace(preset: Preset, nature: Nature, life: Life, week: Week) -> tuple[np.ndarray, np.ndarray]:
    """Share of wallet, and how fast the customer's own clock runs against that of business."""
    passed = np.maximum(week.first - life.decline_from, 0) / np.maximum(life.decline_days, 1)
    fading = np.where(life.decline_from == HERE_STILL, 0.0, np.minimum(passed, 1.0))
    left = life.narrow * preset.leaving.decline_to**fading
    share = left / (1 + np.exp(-nature.logit - life.drift))
    usual = 1 / (1 + np.exp(-nature.logit))
    return share, share / usual * (1 + nature.wallet_growth) ** (week.first / DAYS_IN_YEAR)


def order(
    draws: Draws, preset: Preset, nature: Nature, life: Life, week: Week, pace: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Row, stock, number and day of every order of the week."""
    end = life.age + pace * week.passed[-1]
    found = []
    stops = preset.leaving.law == "bgnbd"
    while True:
        row, stock = np.nonzero(life.due <= end[:, None])
        if not len(row):
            break
        number = life.number[row, stock]
        time = (life.due[row, stock] - life.age[row]) / pace[row]
        day = week.first + np.minimum(np.searchsorted(week.passed, time), week.days - 1)
        buys = day <= life.left_on[row]
        found.append((row[buys], stock[buys], number[buys], day[buys]))
        gap = nature.gap[row, stock] * _unevenness(draws, preset, nature, row, stock, number)
        life.due[row, stock] += gap
        life.number[row, stock] += 1
        last = nature.once[row]
        if stops:
            last = last | (draws.part("stop after order", nature.who[row], number) < nature.stop[row])
        last &= buys
        life.left_on[row[last]] = day[last]
        life.due[row[last | ~buys]] = np.inf
    life.age = end
    if not found:
        return (np.zeros(0, np.int64),) * 4
    row, stock, number, day = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return row, stock, number, day


def _unevenness(
    draws: Draws, preset: Preset, nature: Nature, row: np.ndarray, stock: np.ndarray, number: np.ndarray
) -> np.ndarray:
    """Of mean one: Erlang for baskets, log-normal for what is used up."""
    who = nature.who[row]
    gap = draws.erlang("gap", np.where(stock == 0, nature.regularity[row], 1), who, number)
    if nature.gap.shape[1] > 1 and stock.any():
        spread = preset.goods.stock_spread
        used = np.exp(spread * draws.normal("stock", who, stock * SLOTS + number) - spread**2 / 2)  # mean one
        gap = np.where(stock == 0, gap, used)
    return gap


def serve(
    draws: Draws, preset: Preset, nature: Nature, week: Week, buyer: np.ndarray, number: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which orders come late, how bad an incident they bring (0 none), and whether its answer is late."""
    law, who = preset.service, nature.who[buyer]
    quarter = week.first // QUARTER_DAYS
    season = draws.normal("late season", nature.region[buyer], np.full(len(buyer), quarter))
    chance = 1 / (1 + np.exp(-nature.late[buyer] - law.late_season * season))
    late = draws.part("late", who, number) < chance
    bad = draws.part("defect", who, number) < nature.defects[buyer]
    steps = np.log(draws.part("severity", who, number)) / np.log(law.severity)
    severity = np.where(bad, np.minimum(1 + np.floor(steps), MOST_SEVERE), 0).astype(np.int64)
    return late, severity, draws.part("slow", who, number) < nature.slow[buyer]


def incident_effect(
    preset: Preset, past: np.ndarray, relation: np.ndarray, recent: np.ndarray, severity: np.ndarray, slow: np.ndarray
) -> np.ndarray:
    """What an incident adds to the logarithm of the hazard: cushioned by former orders and the relation."""
    law = preset.service
    soft = -law.kappa_past * np.log1p(past) - law.kappa_relation * relation + law.kappa_recent * recent
    return law.hurt * severity * np.exp(soft) * np.where(slow, 1.0, 1 - law.recovered)


def hurt(preset: Preset, life: Life, buyer: np.ndarray, severity: np.ndarray, slow: np.ndarray) -> np.ndarray:
    """The new hurt of each row."""
    recent = life.recent_sum[INCIDENTS][buyer]
    effect = incident_effect(preset, life.past[buyer], life.relation[buyer], recent, severity, slow)
    new = np.bincount(buyer, np.where(severity > 0, effect, 0.0), len(life.hurt))
    life.hurt = life.hurt * (1 - preset.service.fade) + new
    return new
