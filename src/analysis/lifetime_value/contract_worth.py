"""V4 under contract: what each customer with a running contract will bring.

A customer pays its value a year as long as it is under contract: to the end of the running term for certain, and after
it for N terms of T years, so that discounted continuously at ``delta = ln(1 + d)``

    value = a E[F(min(tau + N T, H))],    F(t) = (1 - e^(-delta t)) / delta

with tau years to the end of the term, and P(N >= j) = q S(k + j) / S(k + 1) after k renewals. q is r of the law, given
what is known: of renewals a share G is told by this day of the term, of losses a share H, so that silence leaves

    q = r (1 - G) / (r (1 - G) + (1 - r) (1 - H))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.core.contracts.lifetime_value_contracts import CONTRACT_VALUES
from analysis.core.params import LifetimeValue
from analysis.core.windows import MONTHS_PER_YEAR
from analysis.lifetime_value.contract_ages import Renewing
from analysis.lifetime_value.contract_laws import EPOCH, Choice
from analysis.lifetime_value.contract_lines import NEVER, ContractLines
from analysis.models.newton import Array
from analysis.models.periods import DAYS_PER_YEAR
from analysis.models.renewal import MOST_TERMS, SMALLEST_TERM
from analysis.models.value_paths import spread_of


@dataclass(frozen=True)
class Worth:
    """What the running contracts are worth.

    Attributes
    ----------
    values : the table ``contract_values``.
    totals : the base by ``horizon_months`` (infinite for all time): ``value`` with its interval ``lo``, ``hi``.
    """

    values: pd.DataFrame
    totals: pd.DataFrame


@dataclass(frozen=True)
class Running:
    """Running lines of contracts, sorted by customer.

    Attributes
    ----------
    passed : renewals so far, in the table.
    is_age_known : whether there were none before; 1 or 0, the row of ``Renewing.survival``.
    left : years to the end of the running term.
    silent_renewed, silent_lost : 1 - G and 1 - H; one of them is 0 where the customer has told.
    yearly : value a year; 0 where it is not known.
    first : place of each customer's first line.
    term, rate : years of a term, discount a year.
    """

    passed: Array
    is_age_known: Array
    left: Array
    silent_renewed: Array
    silent_lost: Array
    yearly: Array
    first: Array
    term: float
    rate: float

    @property
    def most_terms(self) -> int:
        """Renewals beyond which nothing counts, of all time to come."""
        return min(MOST_TERMS, int(np.ceil(-np.log(SMALLEST_TERM) / np.log1p(self.rate) / self.term)))

    def terms_until(self, horizon: float) -> int:
        """Renewals that can lie before the horizon in years."""
        return self.most_terms if np.isinf(horizon) else int(np.ceil(horizon / self.term)) + 1

    def discounted(self, years: Array) -> Array:
        """F: years from now on, each worth less the later it is."""
        force = np.log1p(self.rate)
        return np.asarray(-np.expm1(-force * years) / force) if force > 0 else years

    def kept(self, law: Renewing, terms: int) -> Array:
        """Share that passes each renewal in the table, from place 1 on, up to so many after the running term."""
        survival = law.survival(int(self.passed.max()) + terms + 1)
        share = np.zeros(survival.shape)
        np.divide(survival[:, 1:], survival[:, :-1], out=share[:, 1:], where=survival[:, :-1] > 0)  # nothing is kept of nothing
        return share

    def renews(self, law: Renewing, some: slice = slice(None)) -> Array:
        """q: the probability that the running term is renewed, of ``some`` lines."""
        share = self.kept(law, 0)[self.is_age_known[some], self.passed[some] + 1]
        yes, no = share * self.silent_renewed[some], (1 - share) * self.silent_lost[some]
        return np.asarray(yes / (yes + no))

    def expected_years(self, law: Renewing, horizon: float) -> Array:
        """E[F(min(tau + N T, H))] of each line."""
        last = self.terms_until(horizon)
        reach, kept = self.renews(law), self.kept(law, last)
        ends = np.minimum(self.left, horizon)
        years = self.discounted(ends)
        for j in range(1, last + 1):
            starts, ends = ends, np.minimum(self.left + j * self.term, horizon)
            years = years + reach * (self.discounted(ends) - self.discounted(starts))
            reach = reach * kept[self.is_age_known, self.passed + j + 1]
        return np.asarray(years)

    def residual(self, law: Renewing) -> Array:
        """DERL with q for the next renewal: the expected renewals to come, discounted to the day of the next."""
        last = self.most_terms
        reach, kept, found = self.renews(law), self.kept(law, last), np.zeros(self.passed.size)
        for j in range(1, last + 1):
            found = found + reach * (1 + self.rate) ** (-(j - 1) * self.term)
            reach = reach * kept[self.is_age_known, self.passed + j + 1]
        return found

    def drawn_values(self, law: Renewing, horizon: float, chance: Array, rows: slice) -> Array:
        """One future of the customers ``rows``: ``chance`` uniform, one a line."""
        some = self.lines(rows)
        passed, known, chosen = self.passed[some], self.is_age_known[some], self.renews(law, some)
        survival = law.survival(int(self.passed.max()) + self.terms_until(horizon) + 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            least = np.where(chance < chosen, chance / chosen * survival[known, passed + 1], np.inf)
        longer = np.where(known == 1, *(np.searchsorted(-one, -least) for one in survival[::-1]))
        years = self.discounted(np.minimum(self.left[some] + np.maximum(longer - passed - 1, 0) * self.term, horizon))
        return np.add.reduceat(years * self.yearly[some], self.first[rows] - some.start)

    def lines(self, rows: slice) -> slice:
        """Lines of the customers ``rows``."""
        end = self.first[rows.stop] if rows.stop < self.first.size else self.passed.size
        return slice(int(self.first[rows.start]), int(end))


def value_contracts(lines: ContractLines, choice: Choice, settings: LifetimeValue) -> Worth:
    """Value every customer with a running contract, over every horizon and over all time.

    Without a discount all time has no value that is finite, and no row.
    """
    table = lines.running.sort_values(["customer_id", "ends", "line"], ignore_index=True)
    months = [float(one) for one in sorted(set(settings.horizon_months))]
    months += [np.inf] if settings.discount_rate_yearly > 0 else []
    if table.empty:
        return Worth(pd.DataFrame(columns=list(CONTRACT_VALUES.by_name)), pd.DataFrame())
    running = _running(table, lines, settings)
    laws = choice.draws(count=settings.draws, seed=settings.random_seed)
    people = _customers(table, running, choice)
    rows, totals = [], []
    for month in months:
        horizon = month / MONTHS_PER_YEAR
        value = np.add.reduceat(running.expected_years(choice.renewing, horizon) * running.yearly, running.first)
        low, high, sums = _spread(running, laws, horizon, settings)
        found = people.assign(
            horizon_months=pd.array([None if np.isinf(month) else int(month)] * len(people), dtype="Int64"),
            value=value, lo=np.minimum(low, value), hi=np.maximum(high, value), years=value / people["annual_value"],
        )  # fmt: skip
        found.loc[people["annual_value"].isna(), ["value", "lo", "hi", "years"]] = np.nan
        rows.append(found)
        totals.append({"horizon_months": month, "value": value.sum(), **_ends(sums, value.sum(), settings.interval_level)})
    return Worth(pd.concat(rows, ignore_index=True)[list(CONTRACT_VALUES.by_name)], pd.DataFrame(totals))


def _running(table: pd.DataFrame, lines: ContractLines, settings: LifetimeValue) -> Running:
    silent_renewed, silent_lost = silences(lines.decided, lines.as_of - table["ends"].to_numpy())
    told = table["told"].to_numpy()
    return Running(
        passed=table["number"].to_numpy() - 1, is_age_known=table["is_age_known"].to_numpy().astype(int),
        left=np.maximum(table["ends"].to_numpy() - lines.as_of, 0) / DAYS_PER_YEAR,
        silent_renewed=np.where(told == "cancelled", 0.0, silent_renewed),
        silent_lost=np.where(told == "renewed", 0.0, silent_lost),
        yearly=table["annual_value"].fillna(0).to_numpy(float),
        first=np.flatnonzero((table["customer_id"] != table["customer_id"].shift()).to_numpy()),
        term=lines.term_months / MONTHS_PER_YEAR, rate=settings.discount_rate_yearly,
    )  # fmt: skip


def silences(decided: pd.DataFrame, days: Array) -> tuple[Array, Array]:
    """Of renewals and of losses the share that is not told yet so many ``days`` after the end of the term.

    One more of each is counted that was never told, so that silence never proves anything.
    """
    found = []
    for is_renewed in (True, False):
        told = np.sort(decided.loc[decided["is_renewed"] == is_renewed, "told_days"].to_numpy())
        told = told[told < NEVER]
        count = int((decided["is_renewed"] == is_renewed).sum())
        found.append(1 - np.searchsorted(told, days, side="right") / (count + 1))
    return found[0], found[1]


def _customers(table: pd.DataFrame, running: Running, choice: Choice) -> pd.DataFrame:
    """What is the same over every horizon; of several lines that which ends first tells of its renewals."""
    first = table.iloc[running.first].reset_index(drop=True)
    yearly = table.groupby("customer_id", sort=False)["annual_value"]
    return pd.DataFrame({
        "customer_id": first["customer_id"], "lines": yearly.size().to_numpy(), "plan": first["plan"],
        "ends_on": EPOCH + pd.to_timedelta(first["ends"], unit="D"), "renewals": first["number"] - 1,
        "is_age_known": first["is_age_known"], "told": first["told"], "renews": running.renews(choice.renewing)[running.first],
        "derl": running.residual(choice.renewing)[running.first] if running.rate > 0 else np.nan,
        "annual_value": yearly.sum(min_count=1).where(lambda sums: sums > 0).to_numpy(), "law": choice.name,
    })  # fmt: skip


def _spread(
    running: Running, laws: Sequence[Renewing], horizon: float, settings: LifetimeValue
) -> tuple[Array, Array, Array]:
    """Ends of every customer's interval, and the sum over all customers in each draw."""

    def future(draw: int, rows: slice, rng: np.random.Generator) -> Array:
        some = running.lines(rows)
        return running.drawn_values(laws[draw], horizon, rng.random(some.stop - some.start), rows)

    seed = settings.random_seed  # the same futures over every horizon
    found = spread_of(future, len(laws), running.first.size, tail=(1 - settings.interval_level) / 2, seed=seed)
    return found.low, found.high, found.totals[:, 0]


def _ends(drawn: Array, value: float, level: float) -> dict[str, float]:
    low, high = np.quantile(drawn, ((1 - level) / 2, (1 + level) / 2))
    return {"lo": min(low, value), "hi": max(high, value)}

