"""A project with one short notebook, once finished, so that each fault takes seconds."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "pipeline"))

from copies import WORKBOOK, Copy, make_copy
from standin import FIRST, PARAMETERS, TITLE, WIRING, notebook

READ = "import pathlib\nlines = len(pathlib.Path('raw/orders.csv').read_text().splitlines())"


def make_small(folder: Path, *cells: str) -> Copy:
    """A copy whose one stage with a notebook reads raw/orders.csv, runs ``cells``, stores a table and makes a page."""
    copy = make_copy(folder, notebooks=())
    copy.put("raw/orders.csv", "order_id\n1\n")
    copy.put("dvc.yaml", WIRING)
    copy.set_params(path="raw")
    write_notebook(copy, *cells)
    return copy


def write_notebook(copy: Copy, *cells: str) -> None:
    """Give ``copy`` another notebook."""
    copy.put_notebook("1_clean", notebook(TITLE, PARAMETERS, "## Read", READ, *cells, *FIRST))


@pytest.fixture(scope="session")
def finished_once(tmp_path_factory):
    """A small project after a good refresh; for copying only."""
    copy = make_small(tmp_path_factory.mktemp("faults") / "good")
    run = copy.run(*WORKBOOK)
    assert run.returncode == 0, run.stdout
    return copy


@pytest.fixture
def good(finished_once, tmp_path):
    """A small project after a good refresh; nobody works in it when the test is over."""
    copy = finished_once.duplicate(tmp_path / "project")
    yield copy
    copy.end_all()


@pytest.fixture(autouse=True, scope="session")
def own_environment():
    """A refresh that is started here is nobody's child but ours."""
    os.environ.pop("WORKBOOK", None)
