"""C2: effects of drivers where they are known, and none where there are none."""

from __future__ import annotations

import numpy as np

from analysis.churn.causes import what_was_known
from analysis.churn.drivers import Findings, judge_drivers
from tests.recovery.harness import Band, Estimate, Row
from tests.recovery.harness import Findings as Found
from tests.recovery.hazards import DRIVERS, HazardScene
from tests.recovery.order_measures import Measure

HAZARD = HazardScene()
UNSEEN = HazardScene(spread=0.3)
NOTHING = HazardScene(spread=0.3, effects=(0.0, 0.0, 0.0))
NINE_TENTHS = (0.90, 0.97)


def judged(ground) -> Findings:
    """What the churn stage finds of drivers."""

    def make() -> Findings:
        with ground.inside():
            stage = ground.stage("churn")
            known, _ = what_was_known(stage)
            return judge_drivers(known, np.full(len(known.panel.customer_ids), np.nan), stage.settings)

    return ground.once("drivers", make)


def log_ratio(driver: str) -> Measure:
    """Logarithm of the ratio of a driver that acts."""

    def measure(ground) -> list[Estimate]:
        row = judged(ground).table.set_index("driver").loc[driver]
        ends = np.log(row[["hazard_ratio", "lo", "hi"]].astype(float))
        return [Estimate(float(ends.iloc[0]), ground.scene.effects[DRIVERS.index(driver)], float(ends.iloc[1]), float(ends.iloc[2]))]

    return measure


def attributable(driver: str) -> Measure:
    """Customers silent that would not be without a driver, against a re-run with it taken away."""

    def measure(ground) -> list[Estimate]:
        row = judged(ground).table.set_index("driver").loc[driver]
        return [Estimate(row["customers"], ground.silences_with(driver), row["customers_lo"], row["customers_hi"])]

    return measure


def named_by_chance(ground) -> list[Found]:
    """Drivers named that do nothing."""
    rows = judged(ground).table
    idle = rows[rows["reason"].isna() & ~rows["driver"].isin(DRIVERS if any(ground.scene.effects) else ())]
    return [Found(int(idle["is_named"].sum()), len(idle))]


ROWS = [
    *(Row(f"drivers: {name}, log ratio", HAZARD, log_ratio(name), Band(bias=(-0.03, 0.03), spread=0.05, covers=NINE_TENTHS, measured="", reason=""), scale="absolute")
      for name in DRIVERS),
    *(Row(f"drivers: {name}, customers silent with it", HAZARD, attributable(name), Band(bias=(-0.1, 0.1), spread=0.2, covers=(0.9, 1.0), measured="", reason=""))
      for name in DRIVERS),
    *(Row(f"drivers: {name}, log ratio where customers differ unseen", UNSEEN, log_ratio(name), Band(bias=(-0.03, 0.03), spread=0.05, measured="", reason=""), scale="absolute")
      for name in DRIVERS),
    Row("drivers: named by chance beside those that act", HAZARD, named_by_chance, Band(findings=0.05, measured="", reason="")),
    Row("drivers: named by chance where none acts", NOTHING, named_by_chance, Band(findings=0.05, measured="", reason="")),
]  # fmt: skip
