"""One week in the life of all customers: who leaves, who orders, what goes wrong, who is visited, and what all
that does to the relation and to the share of the wallet."""

from __future__ import annotations

import numpy as np

from analysis.simulate.world.chance import Draws
from analysis.simulate.world.laws import Preset
from analysis.simulate.world.leave import end_contracts, leave, seen_drivers
from analysis.simulate.world.life import HERE_STILL, ORDERED, SLOTS, WHOLE_BP, Happened, Life
from analysis.simulate.world.nature import Nature
from analysis.simulate.world.orders import hurt, order, serve, share_and_pace
from analysis.simulate.world.season import DAYS_IN_YEAR, Week

MOST_VISITS = 3  # in one week


def live(
    draws: Draws, preset: Preset, nature: Nature, life: Life, week: Week, betas: np.ndarray, new_rep: np.ndarray
) -> Happened:
    """Let one week pass: changes ``life`` and tells what happened. ``new_rep`` marks who got another rep."""
    drivers = seen_drivers(preset, nature, life, week)
    here = (nature.entry < week.after) & (life.left_on >= week.first)
    if preset.leaving.law == "hazard":
        leave(draws, preset, nature, life, week, drivers, betas, here)
    elif preset.leaving.law == "contract":
        end_contracts(draws, nature, life, week, here)
    share, pace = share_and_pace(preset, nature, life, week)
    buyer, stock, number, day = order(draws, preset, nature, life, week, np.where(here, pace, 1.0))
    late, severity, slow = serve(draws, preset, nature, week, buyer, stock * SLOTS + number)
    hurt_now = hurt(preset, life, buyer, severity, slow)
    visits, calls = _meet(draws, preset, nature, life, week, here)
    offer = _move_share(draws, preset, nature, life, week, here, hurt_now)
    cut = _cut_discounts(draws, preset, nature, life, week, here)
    lost = _give_up(draws, preset, nature, life, week, here)
    _feel(draws, preset, nature, life, week, here)
    n = len(nature.who)
    bad = severity > 0
    news = np.stack([
        np.bincount(buyer, late, n), np.bincount(buyer, minlength=n), np.bincount(buyer, bad, n),
        np.bincount(buyer, slow & bad, n), visits, cut + np.where(here, week.rise_bp, 0), new_rep & here,
        lost >= 0,
    ]).astype(np.int16)  # fmt: skip
    place = week.number % len(life.recent)
    life.recent_sum += news
    life.recent_sum -= life.recent[place]
    life.recent[place] = news
    life.past += news[ORDERED]
    return Happened(buyer, stock, number, day, late, severity, slow, visits, calls, offer, cut, lost, drivers, share)


def _count(part: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Poisson numbers up to ``MOST_VISITS`` by inversion."""
    term, total = np.exp(-mean), np.exp(-mean)
    count = (part > total).astype(np.int64)
    for number in range(1, MOST_VISITS):
        term = term * mean / number
        total = total + term
        count += part > total
    return count


def _meet(
    draws: Draws, preset: Preset, nature: Nature, life: Life, week: Week, here: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    law, years = preset.contacts, week.days / DAYS_IN_YEAR
    there = here & (nature.entry < week.first)
    visits = _count(draws.part("visit", nature.who, week.number), nature.visits * years) * there
    calls = _count(draws.part("call", nature.who, week.number), nature.calls * years) * there
    kept = (1 - law.gain) ** visits * (1 - law.call_gain) ** calls
    life.relation = np.where(here, 1 - (1 - life.relation * (1 - law.fade)) * kept, life.relation)
    return visits, calls


def _move_share(
    draws: Draws, preset: Preset, nature: Nature, life: Life, week: Week, here: np.ndarray, hurt: np.ndarray
) -> np.ndarray:
    """Depth of the rival's offer that each row gets, 0 for none; moves the share."""
    law, mood = preset.drift, preset.service
    low, high = law.offer_depth
    gets = here & (draws.part("offer", nature.who, week.number) < nature.offers * week.days / DAYS_IN_YEAR)
    depth = np.where(gets, low + (high - low) * draws.part("offer depth", nature.who, week.number), 0.0)
    level = law.relation_weight * (life.relation - nature.relation)
    level -= nature.sensitivity * (week.dearer_bp + life.cut_bp) / WHOLE_BP
    moved = law.pull * (level - life.drift) + law.noise * draws.normal("drift", nature.who, week.number)
    moved -= nature.sensitivity * depth * (1 - life.relation) + mood.hurt_share * hurt
    life.drift = np.where(here, life.drift + moved, life.drift)
    return depth


def _cut_discounts(
    draws: Draws, preset: Preset, nature: Nature, life: Life, week: Week, here: np.ndarray
) -> np.ndarray:
    """Basis points by which each row's own discount is cut."""
    law = preset.drift
    low, high = law.repricing_steps
    steps = low + np.floor(draws.part("cut", nature.who, week.number) * (high - low + 1)).astype(np.int64)
    cut = steps * (WHOLE_BP // 100)  # percent
    happens = draws.part("repricing", nature.who, week.number) < law.repricing * week.days / DAYS_IN_YEAR
    cut = np.where(here & happens & (life.cut_bp + cut <= nature.discount_bp), cut, 0)
    life.cut_bp = life.cut_bp + cut
    return cut


def _give_up(
    draws: Draws, preset: Preset, nature: Nature, life: Life, week: Week, here: np.ndarray
) -> np.ndarray:
    """The category that each row gives up, -1 for none."""
    going = np.where(life.decline_from == HERE_STILL, 1.0, preset.leaving.decline_losses)
    hazard = preset.drift.losses * going * week.days / DAYS_IN_YEAR
    loses = here & (draws.part("loss", nature.who, week.number) < hazard) & (life.held.sum(axis=1) > 1)
    row = np.flatnonzero(loses)
    lost = np.full(len(nature.who), -1)
    if len(row):
        edges = np.cumsum(life.held[row], axis=1)
        part = draws.part("loss of", nature.who[row], week.number)[:, None] * edges[:, -1:]
        lost[row] = (part > edges).sum(axis=1)
        life.held[row, lost[row]] = False
        weight = nature.taste[row, lost[row]]
        life.narrow[row] *= 1 - weight
    return lost


def _feel(draws: Draws, preset: Preset, nature: Nature, life: Life, week: Week, here: np.ndarray) -> None:
    law = preset.mood
    level = nature.satisfaction + law.relation * (life.relation - nature.relation) - law.hurt * life.hurt
    moved = law.pull * (level - life.satisfaction) + law.noise * draws.normal("mood", nature.who, week.number)
    life.satisfaction = np.where(here, np.clip(life.satisfaction + moved, 0.0, 1.0), life.satisfaction)
