"""Customers whose next order follows a hazard that is known, with drivers that slow it down and others that do nothing.

A customer orders at most once a month. In the month t, k months after the last order, it does so with the chance
``1 - exp(-exp(level - fade k + own + sum of effects))``. Complaints an order, slow answers, fewer contacts and, where they are
told, late deliveries and answers to surveys act, and so does having answered none; what is paid, let off, sent back and ordered is drawn without any regard to whether anybody returns.
"""

from __future__ import annotations

import csv
import datetime
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd
import pyarrow as pa

from tests.recovery.ground import Ground
from tests.recovery.worlds import dates, money

FIRST = datetime.date(2023, 7, 1)
MEMORY = 6  # months that a driver is made of, as params.yaml has it
HORIZON = 3  # months in which no order counts as silent
PATHS = 200  # futures with the same luck
DAYS = 28  # that every month has
PRODUCTS = 12
CATEGORIES = 4
DRIVERS = ("complaints", "slow_answers", "fewer_contacts")
REGIONS = np.array(["A", "B", "C"])
PROMISED_DAYS = 3  # so that a delivery is due in the month of its order
LATE_DAYS = 5
WAVES = 4  # months from one survey to the next
ANSWERED_MONTHS = 12  # for which an answer counts
ANSWERS, UNHAPPY = 0.4, 0.3  # who answers a survey, and of them who is not satisfied
UNHEARD = -0.25  # what no answer does to the logarithm of the hazard, where there are surveys
BEST = {"NPS": (0, 10), "CSAT": (1, 5), "CES": (1, 7)}  # lowest and highest score


@dataclass(frozen=True)
class HazardScene:
    """A world.

    Parameters
    ----------
    effects : of DRIVERS: what the logarithm of the hazard gains for a complaint in ten orders more, for a late answer in ten orders more, and for half of the contacts less.
    spread : standard deviation of the customers' own level, which nothing tells.
    delayed : the same effect of a late delivery in ten more; none where the lines do not tell deliveries.
    unhappy : the same effect of a last answer that is not satisfied; none where there are no surveys.
    parted : the drivers act in the first of three regions alone, which the lines tell then.
    """

    customers: int = 1500
    months: int = 36
    effects: tuple[float, float, float] = (-0.12, -0.12, -0.2)
    level: float = -0.9
    fade: float = 0.08
    spread: float = 0.0
    delayed: float | None = None
    unhappy: float | None = None
    parted: bool = False

    @property
    def acting(self) -> dict[str, float]:
        """Effect of each driver."""
        late = {} if self.delayed is None else {"late_deliveries": self.delayed}
        answers = {} if self.unhappy is None else {"unsatisfied": self.unhappy}
        return dict(zip(DRIVERS, self.effects, strict=True)) | late | answers

    def play(self, seed: int, home: Path) -> HazardTrial:
        """Live through all months."""
        life = live(self, seed)
        as_of = (pd.Timestamp(FIRST) + pd.DateOffset(months=self.months) - pd.Timedelta(days=1)).date()
        name = f"hazard-{crc32(repr(self).encode())}-{seed}"
        return HazardTrial(home / name, as_of, lambda _: life.lines(seed), self, life, seed)


@dataclass
class Life:
    """What has happened so far, by customer and month, and what the customers are like."""

    scene: HazardScene
    rng: np.random.Generator
    own: np.ndarray
    entry: np.ndarray
    active: np.ndarray
    complaints: np.ndarray
    slow: np.ndarray
    contacts: np.ndarray
    late: np.ndarray
    answers: np.ndarray
    seed: int

    def drivers(self, month: int) -> dict[str, np.ndarray]:
        """Each driver in its units, as known before ``month``."""
        n = np.arange(len(self.own))
        last = np.where(self.active[:, :month], np.arange(month), -1).max(axis=1, initial=-1)
        span = range(MEMORY)
        orders = sum(np.where(last - back >= 0, self.active[n, np.maximum(last - back, 0)], 0) for back in span)
        heard = np.minimum(last + 1, month - 1)  # complaints come in up to a month after the order
        told, late = (sum(np.where(heard - back >= 0, rows[n, np.maximum(heard - back, 0)], 0) for back in span) for rows in (self.complaints, self.slow))
        met, before = (
            sum(np.where(last - back >= 0, self.contacts[n, np.maximum(last - back, 0)], 0) for back in when)
            for when in (span, range(MEMORY, 2 * MEMORY))
        )
        rate = np.where(orders > 0, told / np.maximum(orders, 1), 0.0)
        slowly = np.where(orders > 0, late / np.maximum(orders, 1), 0.0)
        less = np.where(before > 0, 1 - met / np.maximum(before, 1), 0.0)
        raw = {"complaints": (rate / 0.1, 5), "slow_answers": (slowly / 0.1, 5), "fewer_contacts": (less / 0.5, 2)}
        if self.scene.delayed is not None:
            due, missed = (sum(np.where(heard - back >= 0, rows[n, np.maximum(heard - back, 0)], 0) for back in span) for rows in (self.active, self.late))
            raw["late_deliveries"] = (np.where(due > 0, missed / np.maximum(due, 1), 0.0) / 0.1, 5)
        if self.scene.unhappy is not None:
            raw["unsatisfied"] = ((self.last_answer(month) == 2).astype(float), 1)  # 2: not satisfied
        return {name: np.round(np.clip(value, -most, most) * 5) / 5 for name, (value, most) in raw.items()}

    def last_answer(self, month: int) -> np.ndarray:
        """The last answer that is known before ``month`` and not too old: 0 none, 1 satisfied, 2 not."""
        found = np.zeros(len(self.own), int)
        for place in range(max(month - ANSWERED_MONTHS, 0), month):
            found = np.where(self.answers[:, place] > 0, self.answers[:, place], found)
        return found

    def mass(self, month: int, *, off: str = "") -> np.ndarray:
        """e^eta of the month: minus the logarithm of the chance of no order in it; ``off``: a driver of harm that is taken away."""
        last = np.where(self.active[:, :month], np.arange(month), -1).max(axis=1, initial=-1)
        drive = sum(
            effect * (np.minimum(values, 0.0) if name == off else values)
            for (name, values), effect in zip(self.drivers(month).items(), self.scene.acting.values(), strict=True)
        )
        drive = drive * self.acts
        if self.scene.unhappy is not None:
            drive = drive + UNHEARD * (self.last_answer(month) == 0)
        return np.exp(self.scene.level - self.scene.fade * (month - last) + self.own + drive)

    def chance_with(self, driver: str, value: float) -> float:
        """Chance of an order in the horizon of those at risk, with a driver at ``value`` in its units and the others as they are."""
        months = self.scene.months
        last = np.where(self.active[:, :months], np.arange(months), -1).max(axis=1)
        at_risk = (last >= 0) & (months - 1 - last < 12)  # silent months of params.yaml
        moved = self.scene.acting[driver] * (value - self.drivers(months)[driver]) * self.acts
        fading = np.exp(-self.scene.fade * np.arange(HORIZON)).sum()  # no order before means one month of silence more
        return float(-np.expm1(-self.mass(months) * np.exp(moved) * fading)[at_risk].mean())

    @property
    def acts(self) -> np.ndarray:
        """Whether the drivers act on a customer."""
        who = np.arange(len(self.own))
        return who % len(REGIONS) == 0 if self.scene.parted else np.ones(len(who), bool)

    def step(self, month: int, mass: np.ndarray, luck: np.ndarray) -> None:
        """Let a month happen: ``luck`` is one number in (0, 1) a customer."""
        here = (self.active[:, :month]).any(axis=1)
        self.active[:, month] = np.where(here, luck < -np.expm1(-mass), self.entry == month)
        fails = self.active[:, month] & (self.rng.random(len(self.own)) < self.risk_of_complaint(month))
        self.complaints[:, month] = fails
        self.slow[:, month] = fails & (self.rng.random(len(self.own)) < 0.4)
        self.contacts[:, month] = self.rng.poisson(0.8 * self.zeal(month))
        self.late[:, month] = self.active[:, month] & (np.random.default_rng([self.seed, 9, month]).random(len(self.own)) < self.risk_of_delay(month))

        if month % WAVES == 0:
            answer, mood = np.random.default_rng([self.seed, 11, month]).random((2, len(self.own)))
            self.answers[:, month] = (here & (answer < ANSWERS)) * np.where(mood < UNHAPPY, 2, 1)

    def risk_of_complaint(self, month: int) -> np.ndarray:
        """It comes and goes by half-years, without regard to who the customer is."""
        return np.random.default_rng([self.seed, 7, month // 6]).beta(0.6, 3.4, len(self.own))

    def risk_of_delay(self, month: int) -> np.ndarray:
        """It comes and goes by half-years, without regard to who the customer is."""
        return np.random.default_rng([self.seed, 10, month // 6]).beta(0.6, 3.4, len(self.own))

    def zeal(self, month: int) -> np.ndarray:
        """How busy the rep is with a customer, by half-years."""
        return np.random.default_rng([self.seed, 8, month // 6]).gamma(2.0, 0.5, len(self.own))

    def lines(self, seed: int) -> pa.Table:
        """One line a month with an order, and a second one in a third of them; some come back a week later."""
        rng = np.random.default_rng([seed, 2])
        who, month = np.nonzero(self.active)
        twice = np.repeat(np.arange(who.size), 1 + (rng.random(who.size) < 1 / 3))
        order, who, month = twice, who[twice], month[twice]
        first = pd.Timestamp(FIRST)
        starts = np.array([(first + pd.DateOffset(months=int(place)) - first).days for place in range(self.scene.months)])
        day = starts[month] + np.random.default_rng([seed, 3]).integers(0, 20, order.max() + 1)[order]
        product = rng.integers(0, PRODUCTS, who.size)
        price = np.round((10 + product) * 100 * np.exp(0.05 * rng.standard_normal(who.size)))
        discount = np.round(rng.choice([0.0, 0.05, 0.1], who.size), 2)
        qty = rng.integers(1, 9, who.size)
        cents = np.round(price * (1 - discount) * qty)
        back = rng.random(who.size) < 0.05
        promised = day + PROMISED_DAYS
        delivered = promised + np.where(self.late[who, month], LATE_DAYS, 0)
        both = [np.r_[column, column[back]] for column in (order, who, product, price, discount, promised, delivered)]
        day, qty, cents = np.r_[day, day[back] + 7], np.r_[qty, -qty[back]], np.r_[cents, -cents[back]]
        order, who, product, price, discount, promised, delivered = both
        told = {} if self.scene.delayed is None else {"promised_date": dates(FIRST, promised), "delivered_date": dates(FIRST, delivered)}
        told |= {"region": REGIONS[who % len(REGIONS)].astype(object)} if self.scene.parted else {}
        return pa.table({
            "order_id": np.char.mod("SO%07d", order).astype(object), "order_date": dates(FIRST, day),
            "customer_id": np.char.mod("C%05d", who).astype(object), "product_id": np.char.mod("P%02d", product).astype(object),
            "category": np.char.mod("K%d", product % CATEGORIES).astype(object), "qty": qty, "unit_price": money(price),
            "discount": np.char.mod("%.2f", discount).astype(object), "amount": money(cents), **told,
        })  # fmt: skip


def live(scene: HazardScene, seed: int) -> Life:
    """A life from the first month to the last known one."""
    rng = np.random.default_rng([seed, 20260630])
    n, months = scene.customers, scene.months + HORIZON
    blank = [np.zeros((n, months), kind) for kind in (bool, int, int, int, int, int)]
    life = Life(scene, rng, scene.spread * rng.standard_normal(n), rng.integers(0, scene.months // 2, n), *blank, seed)
    for month in range(scene.months):
        life.step(month, life.mass(month), rng.random(n))
    return life


@dataclass(frozen=True, eq=False)
class HazardTrial(Ground):
    """One life."""

    scene: HazardScene
    life: Life
    seed: int

    def write_beside(self, source: Path) -> None:
        """Tickets and contacts, one row each."""
        first, rng = pd.Timestamp(FIRST), np.random.default_rng([self.seed, 4])
        starts = [first + pd.DateOffset(months=place) for place in range(self.scene.months)]
        dates = [[(start + pd.Timedelta(days=day)).date() for day in range(DAYS)] for start in starts]
        tickets, contacts = [], []
        for who, month in zip(*np.nonzero(self.life.complaints), strict=True):
            opened = starts[month] + pd.Timedelta(days=int(rng.integers(20, 25)), hours=9)
            hours = 40 if self.life.slow[who, month] else 4
            tickets.append([f"T{len(tickets):06}", f"C{who:05}", opened, opened + pd.Timedelta(hours=hours), "quality", 2])
        for who, month in zip(*np.nonzero(self.life.contacts), strict=True):
            days = rng.choice(DAYS, int(self.life.contacts[who, month]), replace=False)
            contacts += [[f"C{who:05}", dates[month][day], "call", 10] for day in days]
        if self.scene.unhappy is not None:
            _write(source / "surveys.csv", ["customer_id", "date", "instrument", "score", "scale_max"], self.surveys(starts))
        _write(source / "tickets.csv", ["ticket_id", "customer_id", "opened_at", "first_response_at", "type", "severity"], tickets)
        _write(source / "contacts.csv", ["customer_id", "date", "kind", "minutes"], contacts)

    def surveys(self, starts: list[pd.Timestamp]) -> list[list]:
        """Every answer, one of the instruments each: not satisfied is at most 6 of 10, 3 of 5 and 4 of 7."""
        rng, rows = np.random.default_rng([self.seed, 12]), []
        for who, month in zip(*np.nonzero(self.life.answers[:, : self.scene.months]), strict=True):
            instrument = tuple(BEST)[rng.integers(0, len(BEST))]
            least, best = BEST[instrument]
            worst = 3 * best // 5  # the highest score that is not satisfied
            score = rng.integers(least, worst + 1) if self.life.answers[who, month] == 2 else rng.integers(worst + 1, best + 1)  # 2: not satisfied
            rows.append([f"C{who:05}", (starts[month] + pd.Timedelta(days=int(rng.integers(0, DAYS)))).date(), instrument, score, best])
        return rows

    def silences_with(self, driver: str) -> float:
        """Customers silent in the horizon, less those silent with the harm of a driver taken away; mean over many futures that
        have the same luck with it and without."""
        return float(np.mean([self._silent(path, "") - self._silent(path, driver) for path in range(PATHS)]))

    def _silent(self, path: int, off: str) -> int:
        life, months = self.life, self.scene.months
        last = np.where(life.active[:, :months], np.arange(months), -1).max(axis=1)
        at_risk = (last >= 0) & (months - 1 - last < 12)  # silent months of params.yaml
        ahead = Life(life.scene, np.random.default_rng([path, 5]), life.own, life.entry,
                     *(rows.copy() for rows in (life.active, life.complaints, life.slow, life.contacts, life.late, life.answers)), life.seed)  # fmt: skip
        luck = np.random.default_rng([path, 6])
        for month in range(months, months + HORIZON):
            ahead.step(month, ahead.mass(month, off=off), luck.random(len(life.own)))
        return int((at_risk & ~ahead.active[:, months:].any(axis=1)).sum())


def _write(file: Path, headers: list[str], rows: list[list]) -> None:
    with file.open("w", encoding="utf-8", newline="") as sheet:
        writer = csv.writer(sheet, lineterminator="\n")
        writer.writerow(headers)
        writer.writerows(rows)
