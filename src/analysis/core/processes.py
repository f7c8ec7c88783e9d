"""Which processes of this computer still live."""

from __future__ import annotations

import psutil


def lives(process_id: int) -> bool:
    """Whether a process runs under this number; one that is dead and only not yet buried does not."""
    try:
        return bool(psutil.Process(process_id).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
