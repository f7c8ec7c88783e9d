"""The benchmark of lifetime values: its log, what our own run ends with, and the formula by which all are judged."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.models.bgnbd import fit_bgnbd
from analysis.models.gamma_gamma import fit_gamma_gamma
from benchmarks import lifetime_value
from benchmarks.lifetime_answers import (
    are_equal,
    bgnbd_log_likelihood,
    differences,
    gamma_gamma_log_likelihood,
    read_run,
)
from benchmarks.lifetime_log import LAST_DAY, write_log

CUSTOMERS = 3_000
WEEK = 7


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("log") / "log.parquet"
    write_log(CUSTOMERS, file)
    return file


@pytest.fixture(scope="module")
def runs(log: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders that our two runs have left."""
    found = {}
    for name in ("workbook", "stage"):
        found[name] = tmp_path_factory.mktemp(name) / "run"
        lifetime_value.run(name, sys.executable, log, "bgnbd", found[name])
    return found


def test_the_log_is_the_same_each_time_and_the_beginning_of_a_larger_one(log: Path, tmp_path: Path) -> None:
    write_log(CUSTOMERS, tmp_path / "again.parquet")
    assert (tmp_path / "again.parquet").read_bytes() == log.read_bytes()
    write_log(2 * CUSTOMERS, tmp_path / "larger.parquet")
    larger = pd.read_parquet(tmp_path / "larger.parquet")
    known = larger[larger["customer_id"] <= CUSTOMERS].reset_index(drop=True)
    pd.testing.assert_frame_equal(known, pd.read_parquet(log))
    assert larger["customer_id"].nunique() == 2 * CUSTOMERS


def test_the_log_has_about_nine_orders_a_customer_in_order_of_time(log: Path) -> None:
    rows = pd.read_parquet(log)
    assert 8.5 < len(rows) / CUSTOMERS < 10.5
    day = pd.to_datetime(rows["order_date"])
    assert day.is_monotonic_increasing
    assert day.max() <= LAST_DAY
    assert (rows["value"] > 0).all()


def test_our_run_ends_with_what_can_be_true_of_every_customer(runs: dict[str, Path]) -> None:
    predicted = read_run(runs["workbook"])["predicted"]
    assert len(predicted) == CUSTOMERS
    assert np.isfinite(predicted.to_numpy()).all()
    assert predicted["alive"].between(0, 1).all()
    assert (predicted[["orders", "value"]] >= 0).all(axis=None)


def test_the_summary_of_the_log_is_that_of_a_plain_groupby(runs: dict[str, Path], log: Path) -> None:
    rows = pd.read_parquet(log).assign(order_date=lambda frame: pd.to_datetime(frame["order_date"]))
    daily = rows.groupby(["customer_id", "order_date"])["value"].sum().reset_index()
    later = daily[daily["customer_id"].duplicated()].groupby("customer_id")["value"].agg(["size", "mean"])
    got = read_run(runs["workbook"])["summary"]
    expected = later.reindex(got.index).fillna(0)
    assert got["repeats"].tolist() == expected["size"].tolist()
    np.testing.assert_allclose(got["mean_value"], expected["mean"], rtol=1e-12)


def test_the_engine_gives_the_same_as_the_log(runs: dict[str, Path]) -> None:
    ours, stage = read_run(runs["workbook"]), read_run(runs["stage"])
    assert max(differences(ours, stage).values()) < 1e-9


def test_a_customer_that_is_off_is_seen(runs: dict[str, Path]) -> None:
    ours = read_run(runs["workbook"])
    off = ours["predicted"].copy()
    off.iloc[7, 0] += 0.01
    apart = differences(ours, {**ours, "predicted": off})
    assert apart["alive"] == pytest.approx(0.01)
    assert not are_equal({}, {"other": apart})
    assert are_equal({}, {"other": differences(ours, ours)})


def test_the_common_formula_is_the_projects_own_likelihood(runs: dict[str, Path]) -> None:
    fits = json.loads((runs["workbook"] / "told.json").read_text("utf-8"))["fits"]
    summary = read_run(runs["workbook"])["summary"].reset_index()
    weeks = summary.assign(span_days=summary["span_days"] / WEEK, age_days=summary["age_days"] / WEEK)
    assert bgnbd_log_likelihood(fits["bgnbd"], summary) == pytest.approx(fit_bgnbd(weeks).llf, rel=1e-11)
    some = summary[summary["repeats"] > 0]
    own = fit_gamma_gamma(some["repeats"], some["mean_value"]).llf
    assert gamma_gamma_log_likelihood(fits["gamma_gamma"], summary) == pytest.approx(own, rel=1e-11)
