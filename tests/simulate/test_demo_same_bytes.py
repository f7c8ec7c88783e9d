"""The command writes the same bytes wherever and whenever it runs, and the whole folder or nothing."""

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from analysis.core import params
from analysis.simulate.__main__ import simulate

PROJECT = Path(__file__).parents[2]
SMALL = params.Demo(random_seed=7, customers=60, months=36)


def hashes(folder):
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*")) if file.is_file()
    }  # fmt: skip


@pytest.mark.parametrize("elsewhere", [
    {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
    {"TZ": "America/New_York", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "77"},
])  # fmt: skip
def test_the_command_writes_the_same_bytes_under_another_time_zone_locale_and_hash_seed(tmp_path, elsewhere):
    project = tmp_path / "a project"
    project.mkdir()
    (project / "dvc.yaml").touch()
    text = (PROJECT / "params.yaml").read_text("utf-8")
    for was, now in (("random_seed: 20260930", "random_seed: 7"), ("customers: 1200", "customers: 60")):
        assert was in text
        text = text.replace(was, now)
    (project / "params.yaml").write_text(text, "utf-8")
    environment = {**os.environ, **elsewhere, "PYTHONPATH": str(PROJECT / "src")}
    subprocess.run(
        [sys.executable, "-m", "analysis.simulate", "--truth", "truth"],
        cwd=project,
        env=environment,
        check=True,
    )
    simulate(SMALL, tmp_path / "here" / "demo", tmp_path / "here" / "truth")
    assert hashes(project / "data" / "demo") == hashes(tmp_path / "here" / "demo")
    assert hashes(project / "truth") == hashes(tmp_path / "here" / "truth")
    assert len(hashes(project / "data")) == 11 + 13  # orders with their lists, and other tables


def test_workbooks_do_not_carry_the_time_they_were_written(demo):
    for file in demo.files.glob("*.xlsx"):
        with zipfile.ZipFile(file) as parts:
            assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            about = parts.read("docProps/core.xml").decode()
        assert re.findall(r">(\d{4}-[^<]*)<", about) == ["2000-01-01T00:00:00Z"] * 2


def test_the_folder_is_replaced_whole_and_nothing_stale_stays(tmp_path):
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "sales_2019_q1.csv").write_text("of an older demo")
    (tmp_path / ".demo.new.tmp").mkdir()
    (tmp_path / ".demo.new.tmp" / "half.csv").write_text("of a run that was killed")
    simulate(SMALL, folder, None)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["demo"]
    assert len(hashes(folder)) == 11 + 13  # orders with their lists, and other tables
    assert "sales_2019_q1.csv" not in hashes(folder)


def test_a_run_that_fails_leaves_the_old_folder_as_it_was(tmp_path, monkeypatch):
    folder = tmp_path / "demo"
    simulate(SMALL, folder, None)
    before = hashes(folder)
    monkeypatch.setattr(
        "analysis.simulate.exports.files.customer_rows", lambda book: 1 / len(book.cells["no such field"])
    )
    with pytest.raises(KeyError, match="no such field"):
        simulate(SMALL, folder, None)
    assert hashes(folder) == before


def test_the_truth_is_never_among_the_files_that_are_read(tmp_path):
    simulate(SMALL, tmp_path / "demo", tmp_path / "truth")
    assert {name for name in hashes(tmp_path / "demo") if "tru" in name or "manifest" in name} == set()
    assert set(hashes(tmp_path / "truth")) == {
        "fault_manifest.csv",
        "table_faults.csv",
        "true_activity_costs.parquet",
        "true_changes.parquet",
        "true_customer.parquet",
        "true_exit_reason.parquet",
        "true_influence.parquet",
        "true_laws.json",
        "true_pairs.parquet",
        "true_referral.parquet",
        "true_share.parquet",
        "true_stocks.parquet",
        "true_survey.parquet",
        "true_tables.json",
        "true_tau.parquet",
        "true_totals.json",
        "true_wallet.parquet",
        "true_wallet_record.parquet",
    }
