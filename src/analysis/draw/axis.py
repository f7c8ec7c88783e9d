"""Axes, ticks and labels that all charts share."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.core.edition import Edition, tidy
from analysis.core.text import Phrase
from analysis.draw.style import BARE, INK, POINT, SMALL, TEXT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LATIN, IDEOGRAPH = 0.58, 1.0  # em widths of a letter and of an ideograph, a little generous
BROAD, SIGN = "%@MWm", 0.92  # signs broader than a letter, and their width in em
LABEL = 40  # characters of a label beside a bar or a dot, where there is room


@dataclass(frozen=True)
class Mark:
    """A point of the chart that its title speaks of."""

    x: Any
    y: float
    label: Phrase
    strong: bool = False
    below: bool = False


def width_of(text: str, size: float = TEXT) -> float:
    """About how many CSS pixels ``text`` takes."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    broad = sum(character in BROAD for character in text)
    return size * (IDEOGRAPH * wide + SIGN * broad + LATIN * (len(text) - wide - broad))


def labels_of(phrases: Sequence[Phrase], edition: Edition, room: float) -> tuple[list[str], int]:
    """Texts of ``phrases``, cut where needed, and the width of the widest: at most ``room`` CSS pixels."""
    texts = [tidy(phrase.text(edition), LABEL) for phrase in phrases]
    while any(width_of(text) > room for text in texts):
        texts = [text if width_of(text) <= room else tidy(text, len(text) - 1) for text in texts]
    return texts, round(max((width_of(text) for text in texts), default=0.0))


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """About ``count`` round numbers from ``low`` to ``high``."""
    from matplotlib.ticker import MaxNLocator

    found = MaxNLocator(count, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    slack = (high - low) * 1e-9  # the end of the range is a tick too
    return [float(tick) for tick in found if low - slack <= tick <= high + slack]


def show_ticks(axis: Any, values: Sequence[float], form: str, edition: Edition) -> None:
    """Put ``values`` on ``axis``, each read as ``form``; neighbours that would read alike get a decimal."""
    texts = [edition.show(value, form) for value in values]
    if len(set(texts)) < len(texts) and form in ("percent", "number", "count"):
        texts = [edition.show(value, f"{form}1") for value in values]
    axis.set_ticks(list(values), texts)


def name_axes(
    axes: Axes, edition: Edition, x_name: Phrase | None = None, y_name: Phrase | None = None
) -> None:
    """Names at the ends of the axes, horizontal: x at the right below, y at the top left."""
    look: dict[str, Any] = {"fontsize": TEXT * POINT, "color": INK["muted"]}
    if x_name is not None:
        axes.annotate(
            x_name.text(edition), (1, 0), (0, -36 * POINT), xycoords="axes fraction",
            textcoords="offset points", ha="right", va="baseline", **look,
        )  # fmt: skip
    if y_name is not None:
        axes.annotate(
            y_name.text(edition), (0, 1), (0, 10 * POINT), xycoords="axes fraction",
            textcoords="offset points", ha="left", va="baseline", **look,
        )  # fmt: skip


def write(axes: Axes, x: float, y: float, text: str, *, dx: float = 0, dy: float = 0, **look: Any) -> None:
    """One line of text beside a point of the data, ``dx`` and ``dy`` CSS pixels away."""
    usual: dict[str, Any] = {
        "color": INK["ink2"],
        "fontsize": TEXT * POINT,
        "va": "center",
        "annotation_clip": False,
    }
    axes.annotate(text, (x, y), (dx * POINT, dy * POINT), textcoords="offset points", **(usual | look))


def write_on(axes: Axes, x: float, y: float, text: str, **look: Any) -> None:
    """One line of text in the middle of a tinted cell, without the halo that lifts text off lines."""
    usual: dict[str, Any] = {"color": INK["ink"], "fontsize": TEXT * POINT, "va": "center", "ha": "center"}
    axes.text(x, y, text, gid=BARE, **(usual | look))


def small(**look: Any) -> dict[str, Any]:
    """Settings of a second line."""
    return {"fontsize": SMALL * POINT, "color": INK["muted"]} | look
