"""Public data sets, read from the folder that ANALYSIS_DATASETS names; without it these tests are skipped."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from analysis.models.bgnbd import BgNbd, fit_bgnbd
from analysis.models.repeat import summarise_events
from tests.published.cdnow import CALIBRATION_END, DATA_END, in_weeks


def _events(path: Path, id_column: str, day_column: str, **reading: object) -> pd.DataFrame:
    raw = pd.read_csv(path, sep=r"\s+", dtype=str, **reading)
    return pd.DataFrame(
        {"entity_id": raw[id_column], "day": pd.to_datetime(raw[day_column], format="%Y%m%d")}
    )


@pytest.fixture(scope="session")
def cdnow_folder() -> Path:
    """Folder of the CDNOW files (Fader & Hardie, www.brucehardie.com/datasets)."""
    named = os.environ.get("ANALYSIS_DATASETS")
    if not named:
        pytest.skip("ANALYSIS_DATASETS names no folder with the public data sets")
    return Path(named) / "cdnow"


@pytest.fixture(scope="session")
def cdnow_events(cdnow_folder: Path) -> pd.DataFrame:
    """Events of the 2,357 customers of the 1/10 sample."""
    names = ["master_id", "entity_id", "day", "cds", "value"]
    return _events(cdnow_folder / "CDNOW_sample.txt", "entity_id", "day", header=None, names=names)


@pytest.fixture(scope="session")
def cdnow(cdnow_events: pd.DataFrame) -> pd.DataFrame:
    """Calibration summary of the sample in exact weeks, with what happened in the 39 weeks after."""
    summary = summarise_events(cdnow_events, CALIBRATION_END)
    later = summarise_events(cdnow_events, DATA_END)
    return in_weeks(summary).assign(future=later["repeats"] - summary["repeats"])


@pytest.fixture(scope="session")
def cdnow_master(cdnow_folder: Path) -> pd.DataFrame:
    """Calibration summary of all 23,570 customers in exact weeks."""
    events = _events(cdnow_folder / "CDNOW_master.txt", "customer_id", "date")
    return in_weeks(summarise_events(events, CALIBRATION_END))


@pytest.fixture(scope="session")
def cdnow_fit(cdnow: pd.DataFrame) -> BgNbd:
    return fit_bgnbd(cdnow)
