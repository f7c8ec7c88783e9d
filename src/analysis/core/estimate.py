"""A number that says how it was come by: measured, estimated, a proxy, or not available."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

from analysis.core.errors import ContractError

if TYPE_CHECKING:
    import pandas as pd

Status = Literal["measured", "estimated", "proxy", "not_available"]
Unit = Literal["money", "ratio", "count", "days", "number", "points"]


@dataclass(frozen=True)
class Figure:
    """One figure of one stage.

    ``lo`` and ``hi`` are the ends of the interval whose method says its level. ``needs`` names the table and
    column that would make a missing figure available.
    """

    name: str
    unit: Unit
    status: Status
    method: str
    value: float | None = None
    lo: float | None = None
    hi: float | None = None
    n: int | None = None
    inputs_used: str = ""
    needs: str = ""

    def __post_init__(self) -> None:
        if self.status == "estimated" and (self.lo is None or self.hi is None):
            raise ContractError(f"figure {self.name}", "an estimate has an interval", None, "Give lo and hi")
        if self.status == "not_available" and (self.value is not None or not self.needs):
            raise ContractError(
                f"figure {self.name}", "a figure that is not available has no value and says what it needs",
                self.value, "Give needs, and no value",
            )  # fmt: skip


def measured(name: str, value: float, unit: Unit, *, n: int, inputs: str) -> Figure:
    """A direct sum, count or ratio of recorded data."""
    return Figure(name, unit, "measured", "sum of records", float(value), n=n, inputs_used=inputs)


def estimated(
    name: str, value: float, lo: float, hi: float, unit: Unit, *, method: str, n: int, inputs: str
) -> Figure:
    """A model's output with its interval."""
    return Figure(name, unit, "estimated", method, float(value), float(lo), float(hi), n, inputs)


def proxy(name: str, value: float, unit: Unit, *, method: str, n: int, inputs: str) -> Figure:
    """A weaker stand-in; its method names what it stands in for."""
    return Figure(name, unit, "proxy", method, float(value), n=n, inputs_used=inputs)


def not_available(name: str, unit: Unit, *, needs: str) -> Figure:
    """A figure that the data cannot give."""
    return Figure(name, unit, "not_available", "none", needs=needs)


def figures_frame(figures: Iterable[Figure], *, stage: str, as_of: pd.Timestamp) -> pd.DataFrame:
    """Rows of the contracted table ``<stage>_figures``."""
    import pandas as pd  # pages show figures without it

    frame = pd.DataFrame([asdict(figure) for figure in figures])
    return frame.assign(stage=stage, as_of=as_of).astype({"value": float, "lo": float, "hi": float, "n": "Int64"})
