"""A project with one short notebook, once finished, so that each fault takes seconds."""

from __future__ import annotations

import pytest
from copies import WORKBOOK
from short import make_small


@pytest.fixture(scope="session")
def finished_once(tmp_path_factory):
    """A small project after a good refresh; for copying only."""
    copy = make_small(tmp_path_factory.mktemp("faults") / "good")
    run = copy.run(*WORKBOOK)
    assert run.returncode == 0, run.stdout
    return copy


@pytest.fixture
def folder(tmp_path_factory):
    """Short, since the paths of a kernel's sockets are, and these tests look at what is left beside them."""
    return tmp_path_factory.mktemp("f")


@pytest.fixture
def good(finished_once, folder):
    """A small project after a good refresh; nobody works in it when the test is over."""
    copy = finished_once.duplicate(folder / "p")
    yield copy
    copy.end_all()
