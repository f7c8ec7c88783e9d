"""What a run is told, and how it reports the seconds of its steps. No package of the project is imported here."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Task:
    """One run over one file.

    Attributes
    ----------
    source : the export.
    folder : where the tables go; ``tables/`` below it is there.
    threads, memory_limit_gb : what the run may use.
    clean : the section ``clean`` of ``params.yaml``.
    """

    source: Path
    folder: Path
    threads: int
    memory_limit_gb: float
    clean: dict[str, Any]

    def __post_init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def table(self, name: str) -> Path:
        """Where table ``name`` is written."""
        return self.folder / "data" / "tables" / f"{name}.parquet"

    def step(self, name: str) -> None:
        """The step ``name`` ended now."""
        now = time.perf_counter()
        self._seconds[name], self._last = round(now - self._last, 2), now

    def close(self) -> None:
        """Leave the seconds of each step for the caller."""
        (self.folder / "steps.json").write_text(json.dumps(self._seconds), encoding="utf-8")


def open_task() -> Task:
    """The task in the file that the command line names."""
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    return Task(Path(told.pop("source")), Path(told.pop("folder")), **told)
