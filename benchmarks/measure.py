"""Programs of their own, with the wall time, the processor time and the largest memory of each.

    python -m benchmarks.measure OUT COMMAND...       run COMMAND and write what it took to OUT

A program inherits the largest memory of the one that starts it, so that a small Python starts it and not a large one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes on macOS, kilobytes on Linux
LAST_WORDS = 25  # lines


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
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "measured.json"
        starter = [sys.executable, "-I", "-S", __file__, str(out), *command]
        done = subprocess.run(starter, cwd=folder, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace")  # fmt: skip
        if done.returncode:
            last = "\n".join(done.stdout.splitlines()[-LAST_WORDS:])
            raise SystemExit(f"{last}\nbenchmarks: {' '.join(command)} ended with code {done.returncode}")
        return Measured(**json.loads(out.read_text(encoding="utf-8")))


def _start(out: Path, command: Sequence[str]) -> int:
    began = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    taken = {
        "wall_seconds": time.perf_counter() - began,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss * RSS_UNIT / 1e6,
    }
    out.write_text(json.dumps(taken), encoding="utf-8")
    return process.returncode


if __name__ == "__main__":
    sys.exit(_start(Path(sys.argv[1]), sys.argv[2:]))
