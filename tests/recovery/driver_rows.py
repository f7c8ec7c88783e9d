"""C2: effects of drivers where they are known, and none where there are none."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd

from analysis.churn.causes import what_was_known
from analysis.churn.driver_messages import slowing
from analysis.churn.driver_segments import effects_by_segment
from analysis.churn.drivers import Findings, judge_drivers
from analysis.churn.segments import read_segments
from tests.recovery.harness import Band, Estimate, Row
from tests.recovery.harness import Findings as Found
from tests.recovery.hazards import DRIVERS, REGIONS, HazardScene
from tests.recovery.order_measures import Measure
from tests.recovery.scenes import SERVED_DRIVEN_TRADE, UNDRIVEN_TRADE

HAZARD = HazardScene()
UNSEEN = HazardScene(spread=0.3)
DELAYED = HazardScene(delayed=-0.12, level=-0.72)  # so that customers order as often as where nothing comes late
UNHAPPY = HazardScene(unhappy=-0.3, level=-0.7)  # so that customers order as often as where nobody is asked
UNMOVED = HazardScene(spread=0.3, effects=(0.0, 0.0, 0.0), unhappy=0.0)
NOTHING = HazardScene(spread=0.3, effects=(0.0, 0.0, 0.0))
PARTED = HazardScene(customers=900, parted=True)
PARTED_NOTHING = HazardScene(customers=900, parted=True, spread=0.3, effects=(0.0, 0.0, 0.0))
NINE_TENTHS = (0.90, 0.97)
UNTOLD = 0.25  # of the worlds by region: in a small one a class of frequency may tell the order without error, which stops the headline
FEW = 2  # worlds of the fast version


def judge(ground) -> Findings:
    """What the churn stage finds of drivers."""
    with ground.inside():
        stage = ground.stage("churn")
        known, _ = what_was_known(stage)
        return judge_drivers(known, np.full(len(known.panel.customer_ids), np.nan), stage.settings)


def judged(ground) -> Findings:
    """The same, kept for the other rows without all that was known, which is large."""
    return ground.once("drivers", lambda: dataclasses.replace(judge(ground), known=None))


def log_ratio(driver: str) -> Measure:
    """Logarithm of the ratio of a driver that acts."""

    def measure(ground) -> list[Estimate]:
        row = judged(ground).table.set_index("driver").loc[driver]
        ends = np.log(row[["hazard_ratio", "lo", "hi"]].astype(float))
        return [Estimate(float(ends.iloc[0]), ground.scene.acting[driver], float(ends.iloc[1]), float(ends.iloc[2]))]

    return measure


def attributable(driver: str) -> Measure:
    """Customers silent that would not be without a driver, against a re-run with it taken away."""

    def measure(ground) -> list[Estimate]:
        row = judged(ground).table.set_index("driver").loc[driver]
        return [Estimate(row["customers"], ground.silences_with(driver), row["customers_lo"], row["customers_hi"])]

    return measure


def by_segment(ground) -> pd.DataFrame:
    """What the churn stage finds of drivers by region."""

    def make() -> pd.DataFrame:
        with ground.inside():
            stage = ground.stage("churn")
            known, _ = what_was_known(stage)
            segments = read_segments(known.panel, dataclasses.replace(stage.settings.drivers, segments="region"))
            return effects_by_segment(segments, judge(ground), stage.settings)

    return ground.once("segments", make)


def in_region(driver: str) -> Measure:
    """Logarithm of the ratio of a driver in each region; it acts in the first alone."""

    def measure(ground) -> list[Estimate]:
        rows = by_segment(ground).query("driver == @driver").set_index("segment").reindex(REGIONS)
        ends = np.log(rows[["hazard_ratio", "lo", "hi"]].to_numpy(float))
        truth = np.where(rows.index == REGIONS[0], ground.scene.acting[driver], 0.0)
        return [Estimate(value, true, low, high) for (value, low, high), true in zip(ends, truth, strict=True)]

    return measure


def apart_from_rest(driver: str) -> Measure:
    """Logarithm of the ratio in the first region less that in the others."""

    def measure(ground) -> list[Estimate]:
        row = by_segment(ground).query("driver == @driver").set_index("segment").reindex(REGIONS).iloc[0]
        ends = np.log(row[["times_rest", "times_rest_lo", "times_rest_hi"]].astype(float))
        return [Estimate(float(ends.iloc[0]), ground.scene.acting[driver], float(ends.iloc[1]), float(ends.iloc[2]))]

    return measure


def differing_by_chance(ground) -> list[Found]:
    """Pairs of driver and region said to differ from the others, where nothing does."""
    rows = by_segment(ground)
    return [Found(int(rows["differs"].sum()), int(rows["difference_q"].notna().sum()))]


def told_by_chance(ground) -> list[Found]:
    """Pairs of driver and region shown as beyond chance, where no driver acts."""
    rows = by_segment(ground)
    with ground.inside():
        below = ground.stage("churn").settings.drivers.named_below
    return [Found(int((rows["q_value"] < below).sum()), int(rows["q_value"].notna().sum()))]


def named_by_chance(ground) -> list[Found]:
    """Drivers named that do nothing."""
    rows = judged(ground).table
    idle = rows[rows["reason"].isna() & ~rows["driver"].isin(DRIVERS if any(getattr(getattr(ground, "scene", None), "effects", ())) else ())]
    return [Found(int(idle["is_named"].sum()), len(idle))]


def blamed_by_chance(ground) -> list[Found]:
    """Drivers that the page would blame for a slower return, in a world where they do nothing."""
    rows = judged(ground).table
    return [Found(len(slowing(rows)), int(rows["reason"].isna().sum()))]


def wrong_way(ground) -> list[Found]:
    """Drivers of ours that are named for a faster return, where all of them drive customers away or do nothing."""
    rows = judged(ground).table
    ours = rows[rows["reason"].isna() & (rows["kind"] == "ours")]
    return [Found(int((ours["is_named"] & (ours["hazard_ratio"] > 1)).sum()), len(ours))]


OWN_LAW = "customers follow the model's own law, so that the mean error can only come from chance"
ATTENUATED = "what nobody sees makes customers differ, and an effect look weaker than it is, by so much"


def _effect(driver: str, spread: float, measured: str, scene: HazardScene = HAZARD) -> Row:
    band = Band(bias=(-0.02, 0.02), spread=spread, covers=NINE_TENTHS, measured=measured, reason=OWN_LAW)
    return Row(f"drivers: {driver}, log ratio", scene, log_ratio(driver), band, scale="absolute", fast_seeds=FEW)


def _weaker(driver: str, spread: float, measured: str) -> Row:
    band = Band(bias=(-0.01, 0.03), spread=spread, measured=measured, reason=ATTENUATED)
    return Row(f"drivers: {driver}, log ratio where customers differ unseen", UNSEEN, log_ratio(driver), band, scale="absolute", fast_seeds=FEW)


def _silent(driver: str, spread: float, measured: str) -> Row:
    band = Band(bias=(-0.08, 0.08), spread=spread, covers=(0.9, 1.0), measured=measured, reason=OWN_LAW)
    return Row(f"drivers: {driver}, customers silent with it", HAZARD, attributable(driver), band, fast_seeds=FEW)


def _of_region(driver: str, spread: float, measured: str) -> Row:
    band = Band(bias=(-0.02, 0.02), spread=spread, covers=NINE_TENTHS, missing=UNTOLD, measured=measured, reason=OWN_LAW)
    return Row(f"drivers: {driver}, log ratio by region", PARTED, in_region(driver), band, scale="absolute", fast_seeds=FEW)


def _idle(where: str, scene: HazardScene, measured: str) -> Row:
    band = Band(findings=0.05, measured=measured, reason="drivers are named where chance would name any of them in one of twenty worlds")
    return Row(f"drivers: named by chance {where}", scene, named_by_chance, band, fast_seeds=FEW)


ROWS = [
    _effect("complaints", 0.0086, "-0.002, coverage 0.87 of 30"),
    _effect("slow_answers", 0.0109, "+0.001, coverage 1.00 of 30"),
    _effect("fewer_contacts", 0.0100, "-0.001, coverage 0.87 of 30"),
    _effect("late_deliveries", 0.0068, "-0.001, coverage 0.90 of 30", DELAYED),
    _effect("unsatisfied", 0.0301, "-0.004, coverage 0.97 of 30", UNHAPPY),
    _silent("complaints", 0.073, "+2.0 %, coverage 0.93 of 30"),
    _silent("slow_answers", 0.084, "-0.1 %, coverage 1.00 of 30"),
    _silent("fewer_contacts", 0.049, "-0.3 %, coverage 0.83 of 30"),
    _weaker("complaints", 0.0091, "+0.009, coverage 0.73 of 30"),
    _weaker("slow_answers", 0.0116, "+0.005, coverage 0.87 of 30"),
    _weaker("fewer_contacts", 0.0105, "+0.009, coverage 0.77 of 30"),
    _idle("beside those that act", HAZARD, "1 of 150"),
    _idle("where none acts and those who do not answer come back slower", UNMOVED, "0 of 270"),
    _idle("where none acts", NOTHING, "1 of 240"),
    *(_of_region(*one) for one in (("complaints", 0.0149, "+0.005, coverage 0.89 of 75, 5 of 30 worlds without a headline"),
                                    ("fewer_contacts", 0.0183, "-0.001, coverage 0.89 of 75, 5 of 30 worlds without a headline"))),
    Row("drivers: complaints, log ratio in one region less that in the others", PARTED, apart_from_rest("complaints"), Band(
        bias=(-0.02, 0.02), spread=0.0149, covers=NINE_TENTHS, missing=UNTOLD, measured="-0.008, coverage 0.96 of 25, 5 of 30 worlds without a headline",
        reason=OWN_LAW), scale="absolute", fast_seeds=FEW),
    Row("drivers: regions that differ by chance", PARTED_NOTHING, differing_by_chance, Band(
        findings=0.05, measured="4 of 672", reason="of those said to differ at most one of twenty may do so by chance, and here all would",
    ), fast_seeds=FEW),
    Row("drivers: told by chance in a region", PARTED_NOTHING, told_by_chance, Band(
        findings=0.05, measured="4 of 672", reason="the same for effects within a region",
    ), fast_seeds=FEW),
    Row("drivers: blamed where customers leave without our doing", UNDRIVEN_TRADE, blamed_by_chance, Band(
        findings=0.05, measured="8 of 240", reason="customers differ in more than is held alike, so that a few more are blamed than chance would",
    ), fast_seeds=FEW),
    Row("drivers: named the wrong way", SERVED_DRIVEN_TRADE, wrong_way, Band(
        findings=0.05, measured="4 of 180", reason="what drives customers away must not seem to bring them back",
    ), fast_seeds=FEW),
]
