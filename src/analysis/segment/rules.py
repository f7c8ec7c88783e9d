"""G2: the named boxes are rules in ``params.yaml``; the first that matches names the customer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analysis.core import text
from analysis.core.contracts.segment import AXES
from analysis.core.errors import ParamsError
from analysis.core.params import SegmentRule

SILENT, NEW, GONE = "silent", "new", "gone"

_WHERE = "params.yaml, section segment.rules"


def names_of_boxes(rules: Sequence[SegmentRule]) -> npt.NDArray[np.object_]:
    """The segment's name of each of the eight boxes, at ``4 recency + 2 frequency + money`` (1 is high)."""
    names = [_first_match(rules, box) for box in range(2 ** len(AXES))]
    return np.array(names, dtype=object)


def check_rules(rules: Sequence[SegmentRule]) -> None:
    """Raise unless every box has a name, every rule names a box, and every name has words in both languages.

    Raises
    ------
    ParamsError
    """
    names = [rule.name for rule in rules]
    check_names(names, "name", "rules")
    boxes = names_of_boxes(rules)
    if None in boxes:
        raise ParamsError(
            _WHERE, "the last rule matches all", None, "Let the last rule have `any` for all three scores"
        )
    if dead := [name for name in names if name not in boxes]:
        raise ParamsError(
            _WHERE, "every rule names somebody, and the rules above this one leave it nobody", dead[0],
            "Move it up or take it out",
        )  # fmt: skip


def check_names(names: Sequence[str], words: str, key: str) -> None:
    """Raise unless ``names`` differ and each has its words, as entries of ``[words]``; ``key`` is where they stand.

    Raises
    ------
    ParamsError
    """
    where = f"params.yaml, section segment.{key}"
    for name in names:
        if list(names).count(name) > 1 or name in (SILENT, NEW, GONE):
            raise ParamsError(where, "a name stands for one group of customers", name, "Rename it")
        if f"{words}.{name}" not in text.catalogue("segment"):
            raise ParamsError(
                where, "a name has words for the page", name,
                f"Add {words}.{name}.en and {words}.{name}.zh to src/analysis/text/segment.toml",
            )  # fmt: skip


def box_of(is_high: dict[str, npt.NDArray[np.bool_]]) -> npt.NDArray[np.int64]:
    """Index of the box of each customer, from whether its score is high on each axis."""
    return sum(is_high[axis].astype(np.int64) << place for place, axis in enumerate(reversed(AXES)))  # type: ignore[return-value]


def _first_match(rules: Sequence[SegmentRule], box: int) -> str | None:
    level = {axis: "high" if box >> place & 1 else "low" for place, axis in enumerate(reversed(AXES))}
    for rule in rules:
        if all(getattr(rule, axis) in (level[axis], "any") for axis in AXES):
            return rule.name
    return None
