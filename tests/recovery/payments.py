"""Customers who pay their bills as they always did, some of whom pay later from a day on that is known.

Every customer orders at gaps of its own, has so many days to pay, is late with a chance of its own, and then by days of an
exponential law; a customer that slips is late more often and by longer.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd
import pyarrow as pa

from tests.recovery.ground import Ground
from tests.recovery.worlds import dates, money

FIRST = datetime.date(2022, 1, 1)
GAPS = (10.0, 40.0)  # mean days between orders
TERMS_DAYS = 30
EARLY_DAYS = 10
LATE = (1.0, 5.0)  # of the Beta law of the chance that a bill is paid late
LATE_DAYS = 20.0
SLIPPED = (0.7, 40.0)  # chance of a late payment and mean days after slipping
SLIPS_BEFORE_DAYS = 150  # as_of


@dataclass(frozen=True)
class PaidScene:
    """A world of ``customers`` over so many days up to ``as_of``; a share of them is ``slipping``."""

    customers: int = 400
    days: int = 1096
    slipping: float = 0.0

    def play(self, seed: int, home: Path) -> PaidTrial:
        """Let everybody order and pay."""
        name = f"paid-{crc32(repr(self).encode())}-{seed}"
        return PaidTrial(home / name, FIRST + datetime.timedelta(days=self.days - 1), lambda _: self.lines(seed), self)

    def lines(self, seed: int) -> pa.Table:
        """One line an order; what is paid after the last day is in it too."""
        rng = np.random.default_rng([seed, 20261129])
        n = self.customers
        gaps = rng.gamma(2.0, rng.uniform(*GAPS, n)[:, None] / 2, (n, round(2 * self.days / GAPS[0])))  # 2: Erlang
        day = (np.floor(gaps.cumsum(axis=1)) - rng.integers(0, 30, n)[:, None]).astype(int)
        who, _ = np.nonzero((day >= 0) & (day < self.days))
        day = day[(day >= 0) & (day < self.days)]
        chance, days = rng.beta(*LATE, n)[who], LATE_DAYS
        slipped = (who < round(self.slipping * n)) & (day + TERMS_DAYS >= self.days - SLIPS_BEFORE_DAYS)
        chance, days = np.where(slipped, SLIPPED[0], chance), np.where(slipped, SLIPPED[1], days)
        late = 1 + np.floor(days * rng.standard_exponential(day.size))
        after = np.where(rng.random(day.size) < chance, late, -rng.integers(0, EARLY_DAYS, day.size)).astype(int)
        return pa.table({
            "order_id": np.char.mod("SO%07d", np.arange(day.size)).astype(object), "order_date": dates(FIRST, day),
            "customer_id": np.char.mod("C%05d", who).astype(object), "product_id": np.char.mod("P%02d", who % 7).astype(object),
            "amount": money(np.round(10_000 * rng.lognormal(0, 0.3, day.size))), "due_pay_date": dates(FIRST, day + TERMS_DAYS),
            "paid_date": dates(FIRST, day + TERMS_DAYS + after),
        })  # fmt: skip


@dataclass(frozen=True, eq=False)
class PaidTrial(Ground):
    """One world."""

    scene: PaidScene

    def places(self, customers: pd.Series) -> np.ndarray:
        """Numbers of customers named by their ids; those that slip come first."""
        return customers.str[1:].astype(int).to_numpy()
