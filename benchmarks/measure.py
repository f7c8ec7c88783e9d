"""Programs of their own, with the wall time, the processor time and the largest memory of each."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes on macOS, kilobytes on Linux


@dataclass(frozen=True)
class Measured:
    """What a program took: seconds by the clock, seconds of all processors, megabytes at its largest."""

    wall_seconds: float
    cpu_seconds: float
    peak_mb: float


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Measured:
    """Run ``command`` in ``folder`` to its end; its children count only once it has waited for them.

    Raises
    ------
    SystemExit : the program failed; its last words are shown.
    """
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, errors="replace")  # fmt: skip
    said = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        last = "".join(said.splitlines(keepends=True)[-25:])
        raise SystemExit(f"{last}\nbenchmarks: {' '.join(command)} ended with code {process.returncode}")
    return Measured(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * RSS_UNIT / 1e6)
