"""What a disk refuses, as one sentence: where, what, got, and what to do."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

FULL = ("the disk is full", "Free some space there, then run again.")
CLOSED = (
    "it cannot be written",
    "Move the workbook to a folder of yours, or ask for the right to write there.",
)
REFUSALS = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EFBIG: ("the file may not grow so large here", "Raise the limit (ulimit -f), then run again."),
    errno.EROFS: CLOSED,
    errno.EACCES: CLOSED,
    errno.EPERM: CLOSED,
}
PROBE_BYTES = 1 << 20  # less is not enough for the smallest refresh


def refusal(text: str, root: Path) -> str | None:
    """The sentence for what the system said in ``text``; None if the disk did not refuse anything there."""
    number = next((number for number in REFUSALS if os.strerror(number).lower() in text.lower()), None)
    if number is None:
        return None
    what, remedy = REFUSALS[number]
    named = re.search(r"""(['"])(?P<file>[^'"]*[/\\][^'"]*)\1""", text)
    where = (
        named["file"].removeprefix(f"{root}{os.sep}").removeprefix("./") if named else "the workbook's folder"
    )
    return f"{where}: {what}, got '{os.strerror(number)}'. {remedy}"


def probe(folder: Path, root: Path) -> str | None:
    """Whether ``folder`` takes a file; the sentence if not."""
    file = folder / ".probe.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with file.open("wb") as stream:
                stream.write(bytes(PROBE_BYTES))
        finally:
            file.unlink(missing_ok=True)
    except OSError as fault:
        return refusal(f"{os.strerror(fault.errno or 0)} '{folder}{os.sep}'", root) or str(fault)
    return None
