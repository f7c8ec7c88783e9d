"""The engine keeps its scratch to itself and says what it lacked."""

import os
import subprocess
import sys

import pytest

from analysis.core.dialect import Dialect, SparkDialect, literal, render
from analysis.core.engine import DuckEngine
from analysis.core.errors import DataError

NAME = "O'Neil'); DROP TABLE x; --"


@pytest.fixture(autouse=True)
def _project(tmp_path, monkeypatch):
    (tmp_path / "dvc.yaml").touch()
    monkeypatch.chdir(tmp_path)


def test_the_scratch_folder_goes_with_the_engine():
    with DuckEngine(memory_limit_gb=1, threads=1) as engine:
        scratch = engine.scratch
        assert scratch.is_dir()
    assert not scratch.exists()


def test_the_next_engine_sweeps_what_a_killed_process_left(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, kept = tmp_path / f"build/scratch-{ended.pid}-x", tmp_path / f"build/scratch-{os.getpid()}-x"
    for folder in (left, kept):
        folder.mkdir(parents=True)
    with DuckEngine(memory_limit_gb=1, threads=1):
        assert (left.exists(), kept.exists()) == (False, True)


def test_a_file_appears_whole_and_in_the_order_asked_for(tmp_path):
    with DuckEngine(memory_limit_gb=1, threads=2) as engine:
        engine.store("SELECT * FROM (VALUES (3), (1), (2)) AS v(a) ORDER BY a", tmp_path / "out/a.parquet")
        engine.view("stored", [tmp_path / "out/a.parquet"])
        assert engine.frame("SELECT a FROM stored")["a"].tolist() == [1, 2, 3]
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["a.parquet"]


def test_too_little_memory_is_said_with_what_to_raise():
    with (
        DuckEngine(memory_limit_gb=0.25, threads=1) as engine,
        pytest.raises(
            DataError,
            match=r"^params\.yaml, section engine: a step needs more memory or disk than it was given, .* Raise memory_limit_gb",
        ),
    ):
        engine.frame("SELECT list(range) FROM range(200000000)")


@pytest.mark.parametrize("dialect", [Dialect(), SparkDialect()])
def test_an_unknown_name_in_a_template_is_an_error(dialect):
    with pytest.raises(Exception, match="'nowhere' is undefined"):
        render("SELECT {{ nowhere }}", dialect)


def test_a_quote_in_a_text_stays_inside_it():
    with DuckEngine(memory_limit_gb=1, threads=1) as engine:
        assert engine.frame(f"SELECT {literal(NAME)} AS name")["name"].tolist() == [NAME]
