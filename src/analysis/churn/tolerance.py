"""C5: who stays after an incident, compared with customers alike at a moment without one.

``T = P(order within the time | incident) / P(the same | none, alike)``. An incident falls some days after an order, when
most are about to order again, so it is compared with landmarks that lie as long after an order, of customers with the same
usual gap, silence, and numbers of orders of late and in all (who orders much now has more incidents now): a narrow kind of customer leans on the wider one around it,

    p = (stayed + k p_wider) / (seen + k).

Several failures of a customer on one day are one incident, as bad as the worst. How T comes about is in ``models.tolerance``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.special import ndtri

from analysis.churn.failures import Failures, late_answers
from analysis.churn.tickets import KEY
from analysis.core import tables
from analysis.core.contracts.churn_failures import CARE_CUSTOMERS, TOLERANCE_CUSHIONS, TOLERANCES
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS, CUSTOMERS
from analysis.core.contracts.schema import Table
from analysis.core.dialect import render
from analysis.core.engine import Engine, open_engine
from analysis.core.params import Tolerance as Settings
from analysis.core.stage import Stage
from analysis.models.history import open_history
from analysis.models.newton import Array
from analysis.models.tolerance import Comparison, compare_with_retention, log_ratio, tolerances

SQL = Path(__file__).with_name("incidents.sql")
EPOCH = pd.Timestamp("1970-01-01")
DAY = pd.Timedelta(days=1)
NO_GAP = -1  # class of who ordered once
ALIKE = ["gap_class", "silence_class", "lately_class", "orders_class"]  # the wider kinds first
STORED = (TOLERANCES, TOLERANCE_CUSHIONS, CARE_CUSTOMERS)
COUNTS = ["stayed_after", "seen_after", "stayed", "seen"]


@dataclass(frozen=True)
class Tolerance:
    """What incidents cost in staying.

    Attributes
    ----------
    reason : why nothing is told: ``no_tickets`` or ``few_incidents``; empty where something is.
    incidents : one row an incident that could be followed: ``stayed``, what is ``expected`` without it, and its classes.
    tests : whether T is 1 for all gap groups, and whether it is the same for all; None where nothing is told.
    """

    settings: Settings
    level: float
    reason: str
    incidents: pd.DataFrame
    found: dict[str, pd.DataFrame]
    tests: tuple[Comparison, Comparison] | None

    def __getitem__(self, table: Table) -> pd.DataFrame:
        """One of the stage's tables; without rows where nothing is told."""
        return self.found.get(table.name, tables.without_rows(table))

    def classes(self, grouping: str) -> pd.DataFrame:
        """The table ``tolerances`` by one grouping."""
        found = self[TOLERANCES]
        return found[found["grouping"] == grouping].sort_values("place", ignore_index=True)

    def store(self) -> None:
        """Write the tables."""
        for table in STORED:
            tables.write(table, self[table])


def find_tolerance(stage: Stage, failures: Failures, history: pd.DataFrame) -> Tolerance:
    """T by severity and by kind of customer, what softens incidents, and whom to look after first.

    Parameters
    ----------
    history : one row a customer as known on the stage's day, as ``models.history.History.summary`` gives it.
    """
    settings, level, as_of = stage.settings.tolerance, stage.settings.interval_level, stage.as_of
    if failures.tickets is None:
        return Tolerance(settings, level, "no_tickets", pd.DataFrame(), {}, None)
    incidents = incidents_of(failures)
    with open_engine(stage.params.engine) as engine:
        met, landmarks = compare(engine, incidents, as_of, settings)
    if len(met) < settings.min_incidents or landmarks.empty:
        return Tolerance(settings, level, "few_incidents", met, {}, None)
    met = met.merge(incidents, on=[KEY, "day"]).assign(**expected_stay(met, landmarks, settings.borrowed_landmarks))
    groups = gap_groups(met["gap_class"], settings.gap_groups)
    met = met.assign(gap=met["gap_class"].map(groups), recent=1 - met["had_recent"])
    met = met.assign(orders_place=_many(met))
    found = {
        TOLERANCES.name: tolerance_table(met, settings, level),
        TOLERANCE_CUSHIONS.name: cushions(met, level),
        CARE_CUSTOMERS.name: care(met, groups, history, failures, incidents, as_of, settings, level),
    }
    by_gap, _ = counts_of(met, met["gap"])
    return Tolerance(settings, level, "", met, found, compare_with_retention(by_gap))


def incidents_of(failures: Failures) -> pd.DataFrame:
    """One row a customer and day with any failure: worst ``severity``, and ``fix``: 1 where all were answered in time.

    ``fix`` is missing where the source does not tell when it answered.
    """
    tickets = failures.tickets
    assert tickets is not None
    late = late_answers(tickets, failures.settings)
    days = (tickets["opened_at"].dt.normalize() - EPOCH) // DAY
    told = tickets["response"].notna().any()
    rows = tickets.assign(day=days, fix=np.where(late, 0.0, 1.0) if told else np.nan)
    return rows.groupby([KEY, "day"], as_index=False).agg(severity=("severity", "max"), fix=("fix", "min"))


def compare(engine: Engine, incidents: pd.DataFrame, as_of: pd.Timestamp, settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every incident that could be followed with what it was met by, and landmarks of customers alike, counted by class."""
    history, _ = open_history(engine, CUSTOMER_DAYS, CUSTOMER_RETURNS, "revenue", as_of, since=as_of)
    engine.view(CUSTOMERS.name, [tables.path(CUSTOMERS)])
    file = engine.scratch / "incidents.parquet"
    pq.write_table(pa.Table.from_pandas(incidents[[KEY, "day"]], preserve_index=False), file)
    engine.view("incidents", [file])
    last = (as_of - EPOCH) // DAY - settings.stay_days
    common = {
        "known": history.events_known(as_of), "stay_days": settings.stay_days, "apart_days": settings.apart_days, "no_gap": NO_GAP,
        "first": int(incidents["day"].min()), "last": last,
    }  # fmt: skip
    text = SQL.read_text("utf-8")
    met = engine.frame(render(text, engine.dialect, kind=1, lags=[], **common))
    met = met[met["day"] <= last].sort_values([KEY, "day"], ignore_index=True)
    recent = (met["day"] - met["last_incident"] < settings.apart_days).astype(int)
    lags = met["lag"].quantile((np.arange(settings.lags) + 1 / 2) / settings.lags, interpolation="nearest")  # 1/2: middle of each part
    landmarks = engine.frame(render(text, engine.dialect, kind=2, lags=lags.astype(int).tolist(), **common)) if len(met) else pd.DataFrame()
    return met.assign(had_recent=recent), landmarks


def expected_stay(met: pd.DataFrame, landmarks: pd.DataFrame, borrowed: float) -> dict[str, Array]:
    """By incident: the share of customers alike that stay without one, ``expected``, and on how many ``landmarks`` it rests."""
    known = landmarks[["stayed", "seen"]].sum()
    share = np.full(len(met), known["stayed"] / known["seen"])
    for width in range(1, len(ALIKE) + 1):
        kind = landmarks.groupby(ALIKE[:width])[["stayed", "seen"]].sum()
        own = kind.reindex(pd.MultiIndex.from_frame(met[ALIKE[:width]]) if width > 1 else met[ALIKE[0]]).fillna(0).to_numpy()
        seen = own[:, 1]
        share = (own[:, 0] + borrowed * share) / np.maximum(seen + borrowed, 1)
    return {"expected": share, "landmarks": seen + borrowed}


def gap_groups(classes: pd.Series, groups: int) -> dict[int, int]:
    """Group of each class of the usual gap, 1 the shortest, with about equally many incidents; who ordered once is the last."""
    known = classes[classes != NO_GAP]
    before = (known.value_counts().sort_index().cumsum() - known.value_counts().sort_index() / 2) / max(len(known), 1)  # 2: the middle
    place = np.minimum((before * groups).astype(int), groups - 1) if len(known) else before
    numbers = pd.factorize(place, sort=True)[0] + 1
    return {**dict(zip(before.index.tolist(), numbers.tolist(), strict=True)), NO_GAP: int(numbers.max(initial=0)) + 1}


def _many(met: pd.DataFrame) -> pd.Series:
    """1 where as many orders were placed before as before half of the incidents of the gap group, else 0."""
    return (met["orders"] >= met.groupby("gap")["orders"].transform("median")).astype(int)


def counts_of(met: pd.DataFrame, place: pd.Series) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The counts that ``models.tolerance`` asks for, by class, and the true numbers of ``incidents`` and ``landmarks``.

    Customers differ within a class, so that the number who stay scatters less than if each stayed with the same chance p:
    by ``sum p_i (1 - p_i)`` and not ``n p (1 - p)``. Both sides count as so many as give their variance.
    """
    expected = met["expected"]
    rows = pd.DataFrame({
        "scatter": expected * (1 - expected), "place": place, "stayed": met["stayed"].astype(float), "expected": expected, "seen": 1.0,
        "cell": pd.factorize(pd.MultiIndex.from_frame(met[ALIKE]))[0], "landmarks": met["landmarks"],
    }).dropna(subset=["place"])  # fmt: skip
    sums = rows.groupby("place")[["stayed", "expected", "seen", "scatter"]].sum()
    cells = rows.groupby(["place", "cell"]).agg(weight=("seen", "sum"), share=("expected", "first"), behind=("landmarks", "first"))
    cells["weight"] /= sums["seen"].reindex(cells.index.get_level_values(0)).to_numpy()
    variance = (cells["weight"] ** 2 * cells["share"] * (1 - cells["share"]) / cells["behind"]).groupby("place").sum()
    share, behind = sums["expected"] / sums["seen"], cells["behind"].groupby("place").sum()
    single = share * (1 - share)
    after = single / (sums["scatter"] / sums["seen"]).where(sums["scatter"] > 0) * sums["seen"]
    like, after = (single / variance.where(variance > 0)).fillna(behind), after.fillna(sums["seen"])
    found = pd.DataFrame({"stayed_after": sums["stayed"] / sums["seen"] * after, "seen_after": after, "stayed": share * like, "seen": like})
    return found[COUNTS], pd.DataFrame({"incidents": sums["seen"], "landmarks": behind}).round().astype(int)


def tolerance_table(met: pd.DataFrame, settings: Settings, level: float) -> pd.DataFrame:
    """The table ``tolerances``."""
    steps = np.array(settings.severity_from)
    severity = pd.Series(np.searchsorted(steps, met["severity"].fillna(0), side="right"), met.index)
    places: dict[str, tuple[pd.Series, pd.Series]] = {
        "all": (pd.Series(1, met.index), pd.Series(np.nan, met.index)),
        "severity": (severity.where(severity > 0), met["severity"].astype(float)),
        "gap": (met["gap"], 2.0 ** (met["gap_class"].where(met["gap_class"] != NO_GAP) / 2)),  # 2: see incidents.sql
        "orders": (met["orders_place"] + 1, pd.Series(np.nan, met.index)),
        "recent": (met["recent"] + 1, pd.Series(np.nan, met.index)),
        "fix": (met["fix"] + 1, pd.Series(np.nan, met.index)),
    }
    return pd.concat([_rows(met, name, *one, level) for name, one in places.items()], ignore_index=True)


def _rows(met: pd.DataFrame, name: str, place: pd.Series, value: pd.Series, level: float) -> pd.DataFrame:
    counts, true = counts_of(met, place)
    if counts.empty:
        return tables.without_rows(TOLERANCES)
    found, _ = tolerances(counts, level=level)
    ends = value.groupby(place).agg(["min", "max"]).reindex(counts.index)
    return pd.DataFrame({
        "grouping": name, "place": counts.index.astype(int), "from_value": ends["min"].to_numpy(), "to_value": ends["max"].to_numpy(),
        "incidents": true["incidents"].to_numpy(), "landmarks": true["landmarks"].to_numpy(),
        "stayed_after": (counts["stayed_after"] / counts["seen_after"]).to_numpy(), "stayed": (counts["stayed"] / counts["seen"]).to_numpy(),
        "tolerance": found["value"].to_numpy(), "lo": found["lo"].to_numpy(), "hi": found["hi"].to_numpy(),
    })  # fmt: skip


def cushions(met: pd.DataFrame, level: float) -> pd.DataFrame:
    """The table ``tolerance_cushions``: within each gap group, then over the groups, each weighed by how sure it is.

    Who orders often stays after almost anything, so that tolerance with and without a cushion is compared within one rhythm.
    """
    half, rows = ndtri((1 + level) / 2), []  # 2: sides
    for name, column in {"orders": "orders_place", "recent": "recent", "fix": "fix"}.items():
        changes = []
        for _, own in met.groupby("gap"):
            counts, true = counts_of(own, own[column])
            if set(counts.index) == {0, 1}:
                estimate, variance = log_ratio(counts.loc[[0, 1]])
                changes.append((estimate[1] - estimate[0], 1 / variance.sum(), *true.loc[[1, 0], "incidents"]))
        if changes:
            change, weight, with_it, without = np.array(changes).T
            middle, spread = change @ weight / weight.sum(), half / np.sqrt(weight.sum())
            rows.append((name, int(with_it.sum()), int(without.sum()), *np.exp([middle, middle - spread, middle + spread])))
    return pd.DataFrame(rows, columns=list(TOLERANCE_CUSHIONS.by_name))


def care(
    met: pd.DataFrame, groups: dict[int, int], history: pd.DataFrame, failures: Failures, incidents: pd.DataFrame,
    as_of: pd.Timestamp, settings: Settings, level: float,
) -> pd.DataFrame:  # fmt: skip
    """The table ``care_customers``: everybody with a lifetime value above 0 whose kind is less than wholly tolerant."""
    counts, _ = counts_of(met, met["gap"] * 2 + met["had_recent"])  # 2: with and without a recent incident
    found, _ = tolerances(counts, level=level)
    lately = incidents[incidents["day"] > (as_of - EPOCH) // DAY - settings.apart_days][KEY].value_counts()
    now = failures.worth.merge(history[[KEY, "repeats", "span_days"]], on=KEY)
    gap = np.where(now["repeats"] > 0, now["span_days"] / now["repeats"].clip(lower=1), 1)
    kind = np.where(now["repeats"] > 0, np.floor(2 * np.log2(np.maximum(gap, 1))), NO_GAP).astype(int)  # 2: see incidents.sql
    recent = now[KEY].map(lately).fillna(0).astype(int)
    group = pd.Series(kind).map({one: _nearest(groups, one) for one in np.unique(kind).tolist()}).to_numpy()
    place = group * 2 + (recent > 0).to_numpy()  # 2: as above
    told = found.reindex(place).set_axis(now.index).rename(columns={"value": "tolerance"})
    rows = now.assign(recent_failures=recent, **told).dropna(subset=["tolerance", "clv"])
    lacks = {"at_stake": "tolerance", "at_stake_lo": "hi", "at_stake_hi": "lo"}
    rows = rows.assign(**{name: rows["clv"] * (1 - rows[end]).clip(lower=0) for name, end in lacks.items()})
    return rows[(rows["clv"] > 0) & (rows["at_stake"] > 0)][list(CARE_CUSTOMERS.by_name)]


def _nearest(groups: dict[int, int], kind: int) -> int:
    """The group of a class, or of the nearest class that had incidents."""
    classes = np.array(sorted(set(groups) - {NO_GAP}))
    if kind == NO_GAP or not classes.size:
        return groups[NO_GAP]
    return groups[int(classes[np.abs(classes - kind).argmin()])]
