"""What a user reads when a stage stops: where, what, what to do, in at most twenty lines."""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import disk
from pipeline.normalise import INJECTED

MOST_LINES = 20
TRACEBACK_LINES = 8
LONGEST_LINE = 300
LONGEST_HEADING = 80
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
DISK_ERRORS = ("OSError", "PermissionError", "IOException")  # Python's and Arrow's, and DuckDB's

UNDO = "The pages of the last committed month: `python3 workbook.py undo` brings them back."
MEMORY = "Close other programs, or lower memory_limit_gb in params.yaml, section engine; then run again."
DEFECT = "This is a defect of the workbook or of the notebook, not of your data. The copy shows where."


class StageStoppedError(Exception):
    """The stage cannot go on; ``lines`` tell the user where, why, and what to do."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines

    def told(self, kept: str | None, *, pages_gone: bool) -> str:
        """The message, with the path of the executed copy if there is one."""
        last = [f"What ran so far: {kept}"] if kept else []
        last += [UNDO] if pages_gone else []
        return "\n".join(map(harmless, [*self.lines[: MOST_LINES - len(last)], *last]))


def harmless(line: str) -> str:
    """``line`` without signs that a terminal obeys or that turn it round: it may quote the data."""
    return OBEYED.sub(" ", line)


@dataclass(frozen=True)
class Place:
    """A code cell: its number as JupyterLab counts them, and the heading or sentence above it."""

    number: int
    of: int
    heading: str

    def __str__(self) -> str:
        return f"cell {self.number} of {self.of}" + (f": {self.heading}" if self.heading else "")


def place(cells: list[Any], index: int) -> Place:
    """Where ``cells[index]`` stands."""
    codes = [
        position for position, cell in enumerate(cells)
        if cell.cell_type == "code" and INJECTED not in cell.metadata.get("tags", [])
    ]  # fmt: skip
    above = [cell.source for cell in cells[:index] if cell.cell_type == "markdown"]
    heading = re.match(r"#*\s*(.*?)(?:[.。]\s|[.。]?$)", above[-1].strip(), re.MULTILINE) if above else None
    number = sum(position <= index for position in codes)
    return Place(number, len(codes), heading[1][:LONGEST_HEADING] if heading else "")


def cell_failed(
    stage: str, cells: list[Any], index: int, error: Any, user_errors: set[str], root: Path
) -> StageStoppedError:
    """The message for an exception in a cell: one sentence if it is ours, else the end of its traceback."""
    head = f"Stage {stage} stopped in {place(cells, index)}"
    if error.ename in user_errors:
        return StageStoppedError(head, f"  {error.evalue}")
    said = f"  {error.ename}: {error.evalue}".rstrip(": ")
    if error.ename == "MemoryError":
        return StageStoppedError(head, said, f"  Memory ran out. {MEMORY}")
    if error.ename in DISK_ERRORS and (refused := disk.refusal(error.evalue, root)):
        return StageStoppedError(head, f"  {refused}")
    trace = [line for part in error.traceback for line in _plain(part).splitlines() if line.strip()]
    shown = [f"  | {line[:LONGEST_LINE]}" for line in trace[-TRACEBACK_LINES:] if line.strip("-")]
    return StageStoppedError(head, said.splitlines()[0][:LONGEST_LINE], *shown, f"  {DEFECT}")


def kernel_died(
    stage: str, cells: list[Any] | None, index: int, code: int | None, printed: str
) -> StageStoppedError:
    """The message for a kernel that is gone without a word."""
    where = f"in {place(cells, index)}" if cells else "before its first cell"
    if code is None:
        why = "  The notebook's process does not answer. Close other programs, then run again."
    elif hasattr(signal, "SIGKILL") and code == -signal.SIGKILL:
        why = f"  The system ended the notebook's process: almost always because memory ran out. {MEMORY}"
    else:
        how = signal.strsignal(-code) if code < 0 else f"exit code {code}"
        why = f"  The notebook's process ended by itself ({how}). Run again; if that is no help, report it."
    last = [f"  | {line[:LONGEST_LINE]}" for line in printed.splitlines() if line.strip()][-TRACEBACK_LINES:]
    return StageStoppedError(f"Stage {stage} stopped {where}", why, *last)


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)
