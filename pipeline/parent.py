"""End with the program that started this one, however that ends: an orphan would write beside the next run.

python -m pipeline.parent MODULE
"""

from __future__ import annotations

import ctypes
import functools
import json
import os
import runpy
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline.disk import refusal

PR_SET_PDEATHSIG = 1  # prctl(2)
SECONDS_BETWEEN_LOOKS = 0.2


def die_with_parent() -> None:
    """Get SIGTERM when the parent ends, and when DVC does, which may stand behind a shell. Linux only."""
    if sys.platform != "linux":
        return
    bound_to_parent(signal.SIGTERM)()
    parent = os.getppid()
    if is_orphan():  # it ended before this was said
        os.kill(os.getpid(), signal.SIGTERM)
    elif _words(parent)[-2:-1] == [b"-c"]:  # a shell stands between, and would outlive DVC
        threading.Thread(target=_die_with, args=(parent, parent_of(parent)), daemon=True).start()


def bound_to_parent(number: int) -> Callable[[], Any]:
    """What a process calls to get this signal when its parent ends.

    All is looked up here, because between the start of a process and its program nothing may be loaded.
    """
    return functools.partial(ctypes.CDLL(None).prctl, PR_SET_PDEATHSIG, number)


def is_orphan() -> bool:
    """DVC has started this for a stage, and no DVC that now works in the project is above this process."""
    root = os.environ.get("DVC_ROOT")
    if root is None or "DVC_STAGE" not in os.environ:
        return False
    working = working_processes(Path(root, ".dvc", "tmp", "rwlock"))
    parent = os.getppid()
    return bool(working) and not working & {parent, parent_of(parent)}


def working_processes(rwlock: Path) -> set[int]:
    """Numbers of the processes that DVC has noted as at work; those of killed ones stay noted."""
    try:
        noted = json.loads(rwlock.read_bytes())
        entries = [
            *noted.get("write", {}).values(),
            *(one for many in noted.get("read", {}).values() for one in many),
        ]
        return {int(entry["pid"]) for entry in entries}
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return set()  # not there, or just being written


def _die_with(shell: int, starter: int) -> None:
    while parent_of(shell) == starter:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os.kill(os.getpid(), signal.SIGTERM)


def parent_of(process: int) -> int:
    """Its parent; 0 once it is gone."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _words(process: int) -> list[bytes]:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    except OSError:
        return []


if __name__ == "__main__":
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # DVC tells of it
    die_with_parent()
    sys.argv = sys.argv[1:]
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except OSError as fault:
        if (refused := refusal(str(fault), Path.cwd())) is None:
            raise
        sys.exit(refused)
