"""Customers who follow the laws of BG/NBD and Gamma-Gamma exactly, with parameters that are known.

What the estimators find of them must be right in every respect: whatever is off here is the estimator's fault,
while in a world of richer laws it may be the law's.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd
import pyarrow as pa

from tests.recovery.ground import Ground, Variant
from tests.recovery.truth import sums_ahead
from tests.recovery.worlds import dates, money

AS_OF = datetime.date(2026, 6, 30)


@dataclass(frozen=True)
class LawfulScene:
    """Customers come in the first half of the known time; times are in days, values in currency.

    Parameters
    ----------
    rate : r and alpha of the gamma law of the rates.
    stop : a and b of the beta law of stopping after a repeat order; None: nobody stops.
    value : p, q and gamma of the law of values.
    """

    customers: int
    known_days: int = 1096
    ahead_days: int = 366
    rate: tuple[float, float] = (0.9, 150.0)
    stop: tuple[float, float] | None = (0.9, 4.0)
    value: tuple[float, float, float] = (4.0, 4.0, 150.0)

    def play(self, seed: int, home: Path) -> LawfulTrial:
        """Draw every customer's orders."""
        days = self.draw(np.random.default_rng([seed, 20260630]))
        first = AS_OF - datetime.timedelta(days=self.known_days)

        def export(variant: Variant) -> pa.Table:
            rows = days[days["day"] <= self.known_days] if variant.cut else days
            rows = rows.sample(frac=1, random_state=seed) if variant.shuffled else rows
            customer = np.char.mod("C%05d", rows["customer"]).astype(object)
            return pa.table({
                "order_id": np.char.mod("SO%07d", rows.index).astype(object),
                "order_date": dates(first, rows["day"].to_numpy()), "customer_id": customer,
                "amount": money(rows["cents"].to_numpy()),
            })  # fmt: skip

        name = f"lawful-{crc32(repr(self).encode())}-{seed}"
        return LawfulTrial(home / name, AS_OF, export, self, days)

    def draw(self, rng: np.random.Generator) -> pd.DataFrame:
        """``customer, day, cents`` of every order, in the order of their days."""
        n, end = self.customers, self.known_days + self.ahead_days
        rate = rng.gamma(self.rate[0], 1 / self.rate[1], n)
        stop = rng.beta(*self.stop, n) if self.stop else np.zeros(n)
        p, q, gamma = self.value
        scale = 1 / rng.gamma(q, 1 / gamma, n)
        active, time = np.arange(n), rng.uniform(0, self.known_days / 2, n)  # 2: the first half
        rows = [(active, time)]
        while active.size:
            time = time + rng.exponential(1 / rate[active])
            active, time = active[time <= end], time[time <= end]
            rows.append((active, time))
            stays = rng.random(active.size) >= stop[active]
            active, time = active[stays], time[stays]
        customer, when = (np.concatenate(parts) for parts in zip(*rows, strict=True))
        cents = np.maximum(np.rint(rng.gamma(p, 1.0, customer.size) * scale[customer] * 100), 1)  # 100 cents
        frame = pd.DataFrame({"customer": customer, "day": when.astype(np.int64), "cents": cents.astype(np.int64)})
        return frame.sort_values(["day", "customer"], ignore_index=True, kind="stable")


@dataclass(frozen=True, eq=False)
class LawfulTrial(Ground):
    """One draw of all customers' orders."""

    scene: LawfulScene
    days: pd.DataFrame

    def ahead(self, customers: pd.Series, days: float, *, yearly: float = 0.0) -> pd.DataFrame:
        """``orders`` and ``value`` in currency of ``customers`` in the ``days`` after as_of."""
        made = self.days.groupby(["customer", "day"], as_index=False)["cents"].sum().rename(columns={"cents": "value"})
        sums = sums_ahead(made, self.scene.known_days, days, yearly=yearly)
        return sums.reindex(customers.str[1:].astype(int)).fillna(0.0).reset_index(drop=True)
