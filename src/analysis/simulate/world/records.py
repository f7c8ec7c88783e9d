"""What a history leaves in the books: orders as promised, delivered and paid, incidents, contacts, offers."""

from __future__ import annotations

import numpy as np

from analysis.simulate.world.chance import Chance
from analysis.simulate.world.events import (
    CONTACT,
    CONTACT_KINDS,
    CONTACT_OUTCOMES,
    INCIDENT,
    OFFER,
    ORDER,
    REP_CHANGE,
)
from analysis.simulate.world.history import Bought, History
from analysis.simulate.world.laws import Preset
from analysis.simulate.world.life import HERE_STILL, SLOTS
from analysis.simulate.world.nature import Nature
from analysis.simulate.world.reps import Reps
from analysis.simulate.world.treatment import Contacts

NOBODY = -1
CENTS = 100
VISIT, CALL, EXECUTIVE = (CONTACT_KINDS.index(kind) for kind in ("visit", "call", "executive"))
MET, DECLINED, NO_ANSWER = (CONTACT_OUTCOMES.index(outcome) for outcome in ("met", "declined", "no answer"))


def waiting(part: np.ndarray, mean: float) -> np.ndarray:
    """Whole days of an exponential law."""
    return np.floor(-np.log(part) * mean).astype(np.int64)


def week_of(history: History, day: np.ndarray) -> np.ndarray:
    """Number of the week in which each day lies."""
    return np.searchsorted([week.first for week in history.weeks], day, side="right") - 1


def make_orders(
    chance: Chance, preset: Preset, history: History, reps: Reps, who: np.ndarray, place: np.ndarray,
    day: np.ndarray, minute: np.ndarray, counter: int,
) -> np.ndarray:  # fmt: skip
    """All orders; ``place`` is that of the order in ``history.bought``, -1 at the counter."""
    law, bought = preset.service, history.bought
    orders = np.zeros(len(who), ORDER)
    orders["order"], orders["customer"] = np.arange(len(who)), who
    orders["day"], orders["minute"] = day, minute
    for name in ("promised_day", "delivered_day", "paid_day", "due_day"):
        orders[name] = day
    orders["rep"] = NOBODY
    ours = np.flatnonzero(who != counter)
    at = place[ours]
    owner, number, start = who[ours], _number(bought, at), day[ours]
    low, high = law.promise_days
    promised = low + np.floor(chance.part("promise", owner, number) * (high - low + 1)).astype(np.int64)
    delay = 1 + waiting(chance.part("delay", owner, number), law.late_days)
    early = np.floor(chance.part("early", owner, number) * promised).astype(np.int64)
    overdue = chance.part("overdue", owner, number) < law.overdue
    days = waiting(chance.part("overdue days", owner, number), law.terms_days)
    orders["promised_day"][ours] = start + promised
    orders["delivered_day"][ours] = start + promised + np.where(bought.late[at], delay, -early)
    orders["due_day"][ours] = start + law.terms_days
    paid = np.where(overdue, 1 + days, -np.minimum(days, law.terms_days))
    orders["paid_day"][ours] = start + law.terms_days + paid
    orders["rep"][ours] = reps.of[week_of(history, start), owner]
    return orders


def _number(bought: Bought, place: np.ndarray) -> np.ndarray:
    return bought.stock[place] * SLOTS + bought.number[place]


def make_incidents(
    chance: Chance, preset: Preset, history: History, orders: np.ndarray, place: np.ndarray
) -> np.ndarray:
    """What went wrong, in order of its day."""
    law, bought = preset.service, history.bought
    with_place = np.flatnonzero(place != NOBODY)
    bad = with_place[bought.severity[place[with_place]] > 0]
    at = place[bad]
    who, number = bought.who[at], _number(bought, at)

    def hours(topic: str, mean: float | np.ndarray) -> np.ndarray:
        return -np.log(chance.part(topic, who, number)) * mean

    found = np.zeros(len(bad), INCIDENT)
    found["customer"], found["order"], found["severity"] = who, orders["order"][bad], bought.severity[at]
    found["day"] = orders["delivered_day"][bad] + waiting(chance.part("noticed", who, number), law.late_days)
    edges = np.cumsum(law.kinds)
    found["kind"] = np.searchsorted(edges[:-1], chance.part("incident kind", who, number) * edges[-1], side="right")
    found["kind"] = np.where(bought.late[at] & (chance.part("because late", who, number) < law.because_late), 0, found["kind"])
    soon = law.response_hours * chance.part("response", who, number)
    found["first_response_hours"] = np.where(bought.slow[at], law.response_hours + hours("slow response", law.response_hours), soon)
    found["on_site_hours"] = found["first_response_hours"] + hours("on site", law.response_hours)
    found["resolved_hours"] = found["on_site_hours"] + hours("resolved", law.response_hours * found["severity"])
    found["within_sla"] = ~bought.slow[at]
    found["minutes"] = 1 + hours("ticket", law.ticket_minutes * found["severity"])
    return found[np.lexsort((found["order"], found["day"]))]


def make_contacts(chance: Chance, preset: Preset, history: History, reps: Reps) -> np.ndarray:
    """Every visit, call and message, ours and theirs."""
    law = preset.contacts
    parts = []
    for number, (name, counts) in enumerate((("visit", history.visits), ("call", history.calls), ("inbound", history.inbound))):
        week, who = np.nonzero(counts)
        times = counts[week, who].astype(np.int64)
        week, who = np.repeat(week, times), np.repeat(who, times)
        nth = np.arange(len(who)) - np.repeat(np.cumsum(times) - times, times)
        key = week * SLOTS + nth
        found = np.zeros(len(who), CONTACT)
        first = np.array([one.first for one in history.weeks])[week]
        days = np.array([one.days for one in history.weeks])[week]
        found["day"] = first + np.floor(chance.part(f"{name} day", who, key) * np.minimum(days, law.working_days))
        found["customer"], found["rep"], found["by_customer"] = who, reps.of[week, who], number == 2  # 2: inbound
        found["kind"] = _kinds(chance, law, name, who, key)
        mean = law.visit_minutes if name == "visit" else law.call_minutes
        part = chance.part(f"{name} minutes", who, key)
        found["minutes"] = np.rint(mean * (part + 1 - law.refused))
        found["cost"] = np.rint(part * 2 * CENTS * law.visit_cost) * (name == "visit")  # 2: mean of a part is a half
        edges = np.cumsum(law.levels)
        found["level"] = np.searchsorted(edges[:-1], chance.part(f"{name} level", who, key) * edges[-1], side="right")
        found["outcome"] = MET if name == "inbound" else _outcomes(chance, law, history, name, who, key, found["day"])
        parts.append(found)
    contacts = np.concatenate(parts)
    return contacts[np.lexsort((contacts["kind"], contacts["customer"], contacts["day"]))]


def _kinds(chance: Chance, law: Contacts, name: str, who: np.ndarray, key: np.ndarray) -> np.ndarray:
    part = chance.part(f"{name} kind", who, key)
    if name == "visit":
        return np.where(part < law.executive, EXECUTIVE, VISIT)
    if name == "inbound":
        return np.full(len(who), CALL)
    edges = np.cumsum(law.call_kinds)
    return CALL + np.searchsorted(edges[:-1], part * edges[-1], side="right")


def _outcomes(chance: Chance, law: Contacts, history: History, name: str, who: np.ndarray, key: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Those on their way out decline more often."""
    start = history.at_end.decline_from[who]
    going = (start != HERE_STILL) & (day >= start)
    part = chance.part(f"{name} outcome", who, key)
    declined = part < np.where(going, law.refused_leaving, law.refused)
    missed = (part > 1 - law.no_answer) & (name == "call")
    return np.where(declined, DECLINED, np.where(missed, NO_ANSWER, MET))


def make_offers(chance: Chance, preset: Preset, history: History) -> np.ndarray:
    """The rivals' offers."""
    week, who = np.nonzero(history.offer)
    found = np.zeros(len(who), OFFER)
    first = np.array([one.first for one in history.weeks])[week]
    days = np.array([one.days for one in history.weeks])[week]
    found["customer"], found["depth"] = who, history.offer[week, who]
    found["day"] = first + np.floor(chance.part("offer day", who, week) * days)
    found["rival"] = np.floor(chance.part("rival", who, week) * preset.drift.rivals)
    return found[np.lexsort((found["customer"], found["day"]))]


def make_rep_changes(nature: Nature, history: History, reps: Reps) -> np.ndarray:
    """Changes of the rep while a customer was one."""
    week, who = np.nonzero(reps.changed)
    first = np.array([one.first for one in history.weeks])[week]
    there = (nature.entry[who] <= first) & (history.at_end.left_on[who] >= first)
    week, who, first = week[there], who[there], first[there]
    found = np.zeros(len(who), REP_CHANGE)
    found["customer"], found["day"] = who, first
    found["rep_before"], found["rep_after"] = reps.of[week - 1, who], reps.of[week, who]
    return found
