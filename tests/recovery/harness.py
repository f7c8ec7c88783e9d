"""What every check of recovery shares: a row holds one estimate against the truth of made-up worlds.

A row is judged on four sides, each only where its band says so:

* bias: the mean error over the worlds lies inside ``bias``, or out of it by no more than chance explains;
* spread: the errors scatter no more than they did when the band was frozen;
* coverage: intervals hold the truth as often as ``covers`` says. A share outside of it is a fault only where a
  right interval would so rarely give it: with few worlds a share of 0.8 is no proof against 0.9;
* findings: in a world where nothing is to be found, nothing is found, or no more often than ``findings``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from scipy import stats

CHANCE_Z = 3.0  # standard errors that a mean may be off by chance
CHANCE = 0.01  # probability below which a coverage or a scatter is no chance any more
SHOWN_LEVEL = 0.95  # of the binomial interval beside a coverage
SEEDS = 30
FAST_SEEDS = 2


@dataclass(frozen=True)
class Estimate:
    """A number, the truth it is held against, and the ends of its interval where it has one."""

    estimate: float
    truth: float
    lower: float = math.nan
    upper: float = math.nan

    @property
    def covers(self) -> bool | None:
        """Whether the interval holds the truth; None without an interval."""
        return None if math.isnan(self.lower) else self.lower <= self.truth <= self.upper


@dataclass(frozen=True)
class Findings:
    """How many of ``of`` places show something that is not there."""

    count: int
    of: int


Record = Estimate | Findings
Records = Record | list[Estimate]
Scale = Literal["relative", "log", "absolute"]


class Played(Protocol):
    """One world with its seed."""

    def forget(self) -> None:
        """Delete its files."""


class Playable(Protocol):
    """A description of worlds; equal ones are made once for all rows."""

    def play(self, seed: int, home: Path) -> Any: ...


@dataclass(frozen=True)
class Band:
    """What is allowed, frozen from at least 30 random seeds.

    Parameters
    ----------
    bias : lowest and highest mean error on the row's scale.
    spread : standard deviation of the error between worlds, as measured.
    covers : lowest and highest share of intervals that hold the truth.
    level : what the intervals claim, or what was measured where that is known to differ.
    findings : highest share of false findings.
    missing : share of worlds in which there may be no estimate.
    measured : what was measured when the band was frozen.
    reason : why the band is where it is.
    short : what the estimate should reach and does not yet, and by what it is held back; such a row is told apart in
        every table. Its band keeps it from getting worse.
    """

    measured: str
    reason: str
    bias: tuple[float, float] | None = None
    spread: float | None = None
    covers: tuple[float, float] | None = None
    level: float = 0.9
    findings: float | None = None
    missing: float = 0.0
    short: str = ""


@dataclass(frozen=True)
class Row:
    """One estimate and the worlds it is held against.

    Parameters
    ----------
    name : subject and estimate, as "risk: slope, 90 days".
    scene : which worlds; rows with an equal scene share them.
    measure : from a played world to one record, or to one for each of several independent parts of it.
    scale : on which the error is told: ``relative`` is estimate / truth - 1, ``log`` its logarithm.
    seeds, fast_seeds : how many worlds the long and the fast version make.
    """

    name: str
    scene: Playable
    measure: Callable[[Any], Records]
    band: Band
    scale: Scale = "relative"
    seeds: int = SEEDS
    fast_seeds: int = FAST_SEEDS

    def record(self, played: Any) -> list[Record]:
        """What this row finds in one world."""
        found = self.measure(played)
        return list(found) if isinstance(found, list) else [found]


@dataclass(frozen=True)
class Result:
    """A row over all its worlds; ``faults`` is empty where it lies inside its band."""

    row: Row
    worlds: int
    bias: float
    rmse: float
    covered: int
    intervals: int
    found: int
    places: int
    missing: int
    faults: tuple[str, ...]

    @property
    def coverage(self) -> tuple[float, float, float]:
        """Share of intervals that hold the truth, with its exact binomial interval (Clopper & Pearson 1934)."""
        ends = stats.binomtest(self.covered, self.intervals).proportion_ci(SHOWN_LEVEL, "exact")
        return self.covered / self.intervals, ends.low, ends.high


def judge(row: Row, by_world: Sequence[Sequence[Record]]) -> Result:
    """Hold the records of a row, world by world, against its band."""
    records = [record for records in by_world for record in records]
    estimates = [record for record in records if isinstance(record, Estimate)]
    findings = [record for record in records if isinstance(record, Findings)]
    errors = np.array([error_of(record, row.scale) for record in estimates], float)
    missing = int(np.isnan(errors).sum())
    errors = errors[~np.isnan(errors)]
    covers = [record.covers for record in estimates if record.covers is not None]
    found, places = sum(one.count for one in findings), sum(one.of for one in findings)
    band, faults = row.band, []
    if missing > band.missing * len(records):
        faults.append(f"{missing} of {len(records)} without an estimate")
    if band.bias is not None:
        faults += _faults_of_errors(errors, band)
    if band.covers is not None:
        faults += _faults_of_coverage(sum(covers), len(covers), band)
    if band.findings is not None:
        faults += _faults_of_findings(found, places, band.findings)
    bias = float(errors.mean()) if errors.size else math.nan
    rmse = float(np.sqrt((errors**2).mean())) if errors.size else math.nan
    return Result(
        row, len(by_world), bias, rmse, sum(covers), len(covers), found, places, missing, tuple(faults)
    )


def error_of(record: Estimate, scale: Scale) -> float:
    """The error on the row's scale; not a number where there is no estimate."""
    if scale == "absolute":
        return record.estimate - record.truth
    if scale == "log":
        return math.log(record.estimate / record.truth) if record.estimate > 0 else math.nan
    return record.estimate / record.truth - 1


def _faults_of_errors(errors: np.ndarray, band: Band) -> list[str]:
    low, high = band.bias or (-math.inf, math.inf)
    n, spread = errors.size, band.spread or 0.0
    if n == 0:
        return ["no estimate at all"]
    faults, chance = [], CHANCE_Z * spread / math.sqrt(n)
    if not low - chance <= errors.mean() <= high + chance:
        faults.append(f"bias {errors.mean():+.3g} outside {low:+.3g} to {high:+.3g} (chance {chance:.2g})")
    if n > 1:
        scatter = float(errors.std(ddof=1))
        widest = spread * math.sqrt(stats.chi2.isf(CHANCE, n - 1) / (n - 1)) + max(abs(low), abs(high)) * (spread == 0)
        if band.spread is not None and scatter > widest:
            faults.append(f"errors scatter by {scatter:.3g}, {spread:.3g} when frozen")
    return faults


def _faults_of_coverage(covered: int, intervals: int, band: Band) -> list[str]:
    low, high = band.covers or (0.0, 1.0)
    if intervals == 0:
        return ["no interval at all"]
    share = covered / intervals
    rare = min(stats.binom.cdf(covered, intervals, band.level), stats.binom.sf(covered - 1, intervals, band.level))
    if low <= share <= high or rare > CHANCE:
        return []
    return [f"{covered} of {intervals} intervals hold the truth, {share:.2f} outside {low:.2f} to {high:.2f}"]


def _faults_of_findings(found: int, places: int, most: float) -> list[str]:
    if found <= most * places or stats.binom.sf(found - 1, places, most) > CHANCE:
        return []
    return [f"{found} false findings in {places}, {most:.0%} allowed"]
