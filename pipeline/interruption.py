"""Ctrl-C, and the end that a refresh tells its stages: at once, wherever a program is.

A handler that raises KeyboardInterrupt cannot be relied on: Python drops what is raised inside its own callbacks,
and goes on. So a program ends in the handler itself. What it leaves is what `kill -9` leaves, which the next run
clears up.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from types import FrameType

CODE = 130  # what shells say of a program that Ctrl-C ended
SIGNALS = (signal.SIGINT, signal.SIGTERM)
SECONDS_TO_END = 3  # for a program that was told to


def end_when_told(tell: Callable[[], object]) -> None:
    """From now on, end with all programs that this one has started when told so, and ``tell`` the user.

    Ctrl-C that the starter has kept from this program stays kept from it: the starter sees to its end.
    """
    import psutil  # here, because a Python without packages is to get as far as being told so

    def end(_number: int, _frame: FrameType | None) -> None:
        be_deaf()
        started = psutil.Process().children(recursive=True)
        for process in started:
            with contextlib.suppress(psutil.Error):
                process.terminate()
        for process in psutil.wait_procs(started, SECONDS_TO_END)[1]:
            with contextlib.suppress(psutil.Error):
                process.kill()
        tell()
        os._exit(CODE)

    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, end)


def be_deaf() -> None:
    """What follows takes a second, and half of it is worse than none."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
