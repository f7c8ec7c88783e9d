"""What a run says quotes the data, and no terminal obeys it."""

import re

import pytest

from analysis.core.errors import DataError
from pipeline import failure
from tests.hostile.names import NAMES

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.mark.parametrize("kind", NAMES)
def test_a_message_is_one_line_of_words(kind):
    name = NAMES[kind]
    said = str(DataError(name, f"column {name[:50]}", name, "Rename it"))
    assert OBEYED.findall(said) == []
    assert "\n" not in said
    assert len(said) < 1300


@pytest.mark.parametrize("kind", NAMES)
def test_the_end_of_a_traceback_moves_no_cursor(kind):
    stopped = failure.StageStoppedError(f"Stage clean stopped: {NAMES[kind]}", "\x1b]0;title\x07", "\x1b[2Jgone")
    told = stopped.told(None, pages_gone=False)
    assert OBEYED.findall(told) == []
    assert "gone" in told


def test_without_the_guard_the_terminal_would_obey(monkeypatch):
    monkeypatch.setattr(failure, "OBEYED", re.compile("x^"))
    assert OBEYED.findall(failure.StageStoppedError("\x1b[2J").told(None, pages_gone=False)) == ["\x1b"]
