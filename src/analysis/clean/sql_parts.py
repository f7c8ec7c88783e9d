"""Python values as parts of SQL text."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.core.dialect import literal

_SCALED = ("amount", "qty", "unit_price", "unit_cost", "cost_amount", "contribution")


def numbers(files: Sequence[int]) -> str:
    """File numbers for ``IN``; no file has number 0."""
    return ", ".join(str(no) for no in files) or "0"


def texts(values: Sequence[str]) -> list[str]:
    """Texts to compare with ones in small letters."""
    return [literal(value.lower()) for value in values]


def patterns(values: Sequence[str]) -> str:
    """One pattern for texts in small letters that fits where one of ``values`` does; a star stands for anything."""
    return "|".join(re.sub(r"\W", _sign, value.lower()) for value in values)


def _sign(found: re.Match[str]) -> str:
    """A star or any other sign, which has no meaning of its own, as both engines read it."""
    sign = found[0]
    if sign == "*":
        return "(?s:.*)"
    return f"\\{sign}" if sign in "[]^\\" else f"[{sign.replace(chr(39), 2 * chr(39))}]"


def day(date: datetime.date) -> str:
    """A day."""
    return f"DATE '{date.isoformat()}'"


def file_factors(discount_scale: Mapping[int, float], factors: pd.DataFrame) -> str:
    """A query for what the numbers of each file are multiplied by, and its discounts divided by."""
    known = factors.set_index(["file_no", "column"])["factor"].to_dict()
    rows = [
        f"({no}, CAST({float(scale)!r} AS DOUBLE), "
        + ", ".join(f"CAST({float(known.get((no, name), 1))!r} AS DOUBLE)" for name in _SCALED)
        + ")"
        for no, scale in discount_scale.items()
    ]
    return f"SELECT * FROM (VALUES {', '.join(rows)}) AS f(file_no, discount_scale, {', '.join(_SCALED)})"
