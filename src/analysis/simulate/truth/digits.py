"""Numbers as they are written."""

from __future__ import annotations

DIGITS = 10


def short(value: float) -> float:
    """To ten significant digits: the last bits are the processor's."""
    return float(f"{value:.{DIGITS}g}")
