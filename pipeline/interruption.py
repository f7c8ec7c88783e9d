"""Ctrl-C reaches all programs of a refresh at once; one of them speaks."""

from __future__ import annotations

import logging
import signal
from types import TracebackType

CODE = 130  # what shells say of a program that Ctrl-C ended
ENDINGS = (
    f"exited with {CODE}",
    f"exited with -{signal.SIGINT.value}",
)  # so ends what DVC says of such a stage
SENTENCE = "Interrupted. What was finished is kept; run the same command to go on."


class Unsaid(logging.Filter):
    """Keeps DVC from reporting an interruption as an error, and remembers that there was one."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = False

    def filter(self, record: logging.LogRecord) -> bool:
        """False for what DVC says of an interruption."""
        fault = record.exc_info[1] if record.exc_info else None
        while fault is not None:
            if isinstance(fault, KeyboardInterrupt) or str(fault).endswith(ENDINGS):
                self.seen = True
                return False
            fault = fault.__cause__ or fault.__context__
        return True

    def __enter__(self) -> Unsaid:
        for handler in logging.getLogger("dvc").handlers:
            handler.addFilter(self)
        return self

    def __exit__(self, kind: type | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        for handler in logging.getLogger("dvc").handlers:
            handler.removeFilter(self)
