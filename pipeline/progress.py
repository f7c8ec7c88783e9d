"""What a user sees while a stage runs, on standard error and nowhere else."""

from __future__ import annotations

import itertools
import os
import sys
import time
import unicodedata
from typing import Any

from pipeline import failure

CLEARED = "\r\x1b[K"


class Progress:
    """On a terminal one line that is overwritten, cell by cell; always one line with the times at the end."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        self._live = sys.stderr.isatty()
        self._times: list[tuple[str, float]] = []
        self._began = self._mark = time.monotonic()

    def step(self, name: str) -> None:
        """The part of the run called ``name`` is over."""
        now = time.monotonic()
        self._times.append((name, now - self._mark))
        self._mark = now

    def cell(self, cells: list[Any], index: int) -> None:
        """Cell ``index`` begins."""
        if self._live and cells[index].cell_type == "code":
            width = os.get_terminal_size(sys.stderr.fileno()).columns - 1
            self.say(_cut(f"{self.stage} {failure.place(cells, index)}", width), end="")

    def say(self, text: str, end: str = "\n") -> None:
        """Write ``text`` in place of the line that shows the cell."""
        sys.stderr.write((CLEARED if self._live else "") + text + end)
        sys.stderr.flush()

    def done(self) -> None:
        """The stage is over: its times."""
        parts = "".join(f" · {name} {seconds:.1f}" for name, seconds in self._times)
        self.say(f"{self.stage} {self._mark - self._began:.1f} s{parts}")


def _cut(text: str, width: int) -> str:
    """As much of ``text`` as ``width`` columns hold; a Chinese character takes two."""
    ends = itertools.accumulate(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
    return text[: sum(end <= width for end in ends)]
