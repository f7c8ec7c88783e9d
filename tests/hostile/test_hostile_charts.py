"""Charts draw names as they are: as text, cut where there is no room, and as valid XML."""

from functools import partial
from xml.etree import ElementTree

import pandas as pd
import pytest

from analysis.core.edition import Edition
from analysis.core.text import quoted, say
from analysis.draw import svg
from analysis.draw.alluvial import plot_alluvial
from analysis.draw.bars import plot_bars
from analysis.draw.bubbles import plot_bubbles
from analysis.draw.half_eye import plot_half_eyes
from analysis.draw.intervals import plot_intervals
from tests.hostile.names import NAMES

EDITION, WIDTH = Edition("en", "CNY"), 860
STARTS = ("A$B_{x}$", "<script>alert(1)", "=cmd|' /C", "{0.__class__", "{{ 7*7 }}", "\\input{/etc")
COUNT = len(NAMES)
LABELS = [quoted(name) for name in NAMES.values()]
SPREAD = pd.DataFrame({"tail_low": 1.0, "half_low": 2.0, "median": 3.0, "half_high": 4.0, "tail_high": 5.0}, index=range(COUNT))
FLOWS = pd.DataFrame({"before": list(NAMES), "now": list(NAMES), "count": 10, "side": "stayed"})
CHARTS = {
    "bars": partial(plot_bars, pd.Series(range(COUNT)), LABELS),
    "intervals": partial(plot_intervals, pd.DataFrame({"value": 1.0, "lo": 0.5, "hi": 2.0}, index=range(COUNT)), LABELS),
    "half eyes": partial(plot_half_eyes, SPREAD, [pd.DataFrame({"x": [], "height": []})] * COUNT, LABELS),
    "alluvial": partial(plot_alluvial, FLOWS, dict(zip(NAMES, LABELS, strict=True)), heads=(quoted("a"), quoted("b"))),
}  # fmt: skip


def drawn(chart):
    text = str(svg.inline(chart(EDITION, WIDTH), prefix="x", label="<script>alert(1)</script>"))
    assert "<script" not in text
    return [one.text or "" for one in ElementTree.fromstring(text).iter("text")]


@pytest.mark.parametrize("chart", CHARTS)
def test_labels_are_the_names_themselves(chart):
    texts = drawn(CHARTS[chart])
    for start in STARTS:
        assert any(text.startswith(start) for text in texts), start


def test_bubbles_are_named_beside_themselves_and_where_the_reader_points():
    chosen = [name for name in NAMES.values() if name.startswith(STARTS)]
    frame = pd.DataFrame({
        "x": [0.1 + 0.8 * place / len(chosen) for place in range(len(chosen))], "y": [1000.0 * 2**place for place in range(len(chosen))],
        "area": 1.0, "name": chosen, "strong": True, "hollow": False,
    })  # fmt: skip
    chart = partial(plot_bubbles, frame, [quoted(name) for name in chosen], x_line=0.5, y_line=500.0, corners=(say("page.quoted", text="a"),) * 4,
                    x_name=quoted("x"), y_name=quoted("y"))  # fmt: skip
    texts = drawn(chart)
    for start in STARTS:
        assert any(text.startswith(start[:8]) for text in texts), start
