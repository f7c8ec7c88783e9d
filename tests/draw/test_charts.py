"""Every chart draws its numbers and its words in both languages, at every width, for odd data too.

Warnings are errors here, so that a missing glyph fails the test.
"""

import itertools
from functools import partial
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from analysis.core.edition import Edition
from analysis.core.text import quoted, say
from analysis.draw import svg
from analysis.draw.axis import Mark, labels_of, ticks, width_of
from analysis.draw.bars import plot_bars
from analysis.draw.bubbles import NAME, NAMED, NAMED_NARROW, plot_bubbles
from analysis.draw.calibration import plot_calibration
from analysis.draw.concentration import Zone, plot_concentration
from analysis.draw.curves import Curve, plot_curves
from analysis.draw.forests import Forest, plot_forests
from analysis.draw.intervals import far_out, plot_intervals
from analysis.draw.line import plot_line
from analysis.draw.matrix import plot_matrix
from analysis.draw.style import HALF, NARROW, WIDE
from analysis.draw.waterfall import plot_waterfall

EN, ZH = Edition("en", "CNY"), Edition("zh", "CNY")
NAMES = [quoted(name) for name in ("华东电机有限公司", "A$B_{x}$", "<script>", "x" * 10_000)]


def curve(values) -> pd.DataFrame:
    """Running share of ``values``, largest first."""
    ranked = np.sort(np.asarray(values, dtype=float))[::-1]
    share = np.concatenate([[0], ranked.cumsum() / abs(ranked.sum() or 1)])
    return pd.DataFrame({"x": np.linspace(0, 1, len(share)), "y": share})


def forest(count: int) -> pd.DataFrame:
    value = np.array([2.9, 1.4, 1.1, 0.5])[:count]
    return pd.DataFrame({"value": value, "lo": value * 0.8, "hi": value * 1.25})


def history(count: int) -> pd.DataFrame:
    return pd.DataFrame(
        {"x": pd.date_range("2025-09-30", periods=count, freq="ME"), "y": np.linspace(3e6, 4e6, count)}
    )


def band() -> pd.DataFrame:
    x = np.linspace(0.7, 0.95, 11)
    return pd.DataFrame({"x": x, "y": x**2 * 1e9, "lo": x**2 * 9e8, "hi": x**2 * 1.1e9})


def panel_of_forest(name, count: int = 4) -> Forest:
    """The last of several rows is not told."""
    rows = forest(count).where(pd.DataFrame({name: np.arange(count) < 3 for name in ("value", "lo", "hi")}))
    return Forest(name, rows, [place == 0 for place in range(count)], [place == 1 for place in range(count)])


def panel_of_curve(name, form: str, dots: int = 3) -> Curve:
    rows = pd.DataFrame({"x": np.linspace(-0.5, 0.5, 5), "y": np.linspace(0.6, 0.5, 5), "lo": np.linspace(0.58, 0.4, 5), "hi": np.linspace(0.62, 0.6, 5), "share": 0.2})
    return Curve(name, form, rows, rows.head(dots), form == "percent")


def groups(count: int) -> pd.DataFrame:
    rate = np.linspace(0, 0.9, count)
    return pd.DataFrame({"predicted": rate, "observed": rate, "lo": rate * 0.8, "hi": rate * 1.1})


def bubbles(count: int) -> pd.DataFrame:
    """Rows over the whole field, every third strong, every second hollow, with names of every kind."""
    place = np.arange(count)
    return pd.DataFrame({
        "x": (place * 0.37) % 1, "y": 1e4 * 1.03 ** (place * 7 % 200), "area": place * 1e3, "strong": place % 3 == 0,
        "hollow": place % 2 == 0, "name": [["华东电机有限公司", "A$B_{x}$", "<script>", "x" * 10_000, ""][one % 5] for one in place],
    })  # fmt: skip


def plot_field(count: int, **changes) -> partial:
    return partial(
        plot_bubbles, bubbles(count).assign(**changes), [quoted(f"<b>{place}") for place in range(count)], x_line=0.5, y_line=8e4,
        corners=tuple(quoted(name) for name in ("潜力", "Key", "边缘", "Ordinary")), x_name=quoted("份额"), y_name=quoted("钱包"),
    )  # fmt: skip


ZONES = (
    Zone(0.6, quoted("赚钱"), "blue"),
    Zone(0.8, quoted("Break-even"), "grey"),
    Zone(1, quoted("Lost"), "verm"),
)
CHARTS = {
    "concentration": partial(
        plot_concentration, curve([9, 5, 3, 1, -4]), x_name=quoted("客户占比"), zones=ZONES,
        marks=(Mark(0.2, 0.64, quoted("20% → 64%")), Mark(0.8, 1.29, quoted("Peak 峰值"), strong=True)),
        before=(curve([5, 4, 3, 2, -1]), quoted("去年")), lost=quoted("−¥4"),
    ),
    "concentration of one": partial(plot_concentration, curve([5]), x_name=quoted("x")),
    "concentration of losses": partial(plot_concentration, curve([-1, -2, -3]), x_name=quoted("x")),
    "waterfall": partial(
        plot_waterfall,
        pd.DataFrame({"value": [9e6, -4e6, -6e6, -1e6], "is_total": [True, False, False, True]}), NAMES,
    ),
    "waterfall of nothing": partial(
        plot_waterfall, pd.DataFrame({"value": [0.0, 0.0], "is_total": [True, True]}), NAMES[:2], form="count"
    ),
    "bars": partial(plot_bars, pd.Series([4e6, 3e6, -2e6, 0.0]), NAMES, strong={2}),
    "bars of zero": partial(plot_bars, pd.Series([0.0]), NAMES[:1], texts=[quoted("nothing")]),
    "intervals": partial(plot_intervals, forest(4), NAMES, line=1.0, log=True, sides=(NAMES[1], NAMES[2])),
    "intervals of changes": partial(
        plot_intervals, forest(4) - 1.5, NAMES, form="+percent", line=0.0, sure=[True, False, False, True]
    ),
    "intervals of one": partial(plot_intervals, forest(1), NAMES[:1], form="money"),
    "forests": partial(plot_forests, [panel_of_forest(name) for name in NAMES], NAMES, line=1.0),
    "forests of one": partial(plot_forests, [panel_of_forest(NAMES[0], 1)], NAMES[:1], line=1.0),
    "curves": partial(plot_curves, [panel_of_curve(name, form) for name, form in zip(NAMES, ("percent", "number1") * 2, strict=True)]),
    "curves of one without dots": partial(plot_curves, [panel_of_curve(NAMES[0], "percent", dots=0)]),
    "calibration": partial(plot_calibration, groups(10), x_name=quoted("预测"), y_name=quoted("实际")),
    "calibration of one": partial(plot_calibration, groups(1), x_name=quoted("x"), y_name=quoted("y")),
    "matrix": partial(
        plot_matrix, pd.DataFrame([[5, 1, np.nan], [0, 7, 2], [1_000_000, 0, 3]]), NAMES[:3], NAMES[:3],
        row_name=quoted("六月"), column_name=quoted("九月"), kept=True,
    ),
    "matrix of zeros": partial(
        plot_matrix, pd.DataFrame([[0]]), NAMES[:1], NAMES[:1], row_name=quoted("r"), column_name=quoted("c")
    ),
    "line of months": partial(
        plot_line, history(13), before=(history(13), quoted("去年")),
        y_name=quoted("收入"), x_name=quoted("月"),
        marks=(Mark(pd.Timestamp("2026-09-30"), 4e6, quoted("最近"), strong=True),),
    ),
    "line with band": partial(plot_line, band(), x_form="percent", zero=False),
    "bubbles": plot_field(120),
    "bubbles of one": plot_field(1),
    "bubbles of no area": plot_field(3, area=0.0),
    "line of two equal months": partial(plot_line, history(2).assign(y=0.0)),
}  # fmt: skip


def texts(figure) -> list[str]:
    return [
        element.text
        for element in ElementTree.fromstring(svg.inline(figure, prefix="a", label="b")).iter("text")
    ]


@pytest.mark.parametrize("width", [WIDE, HALF, NARROW])
@pytest.mark.parametrize("edition", [EN, ZH], ids=["en", "zh"])
@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
def test_a_chart_draws_without_a_warning_and_the_same_twice(chart, edition, width):
    first, second = (svg.inline(chart(edition, width), prefix="a", label="b") for _ in range(2))
    assert first == second


@pytest.mark.parametrize("width", [WIDE, HALF, NARROW])
@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
def test_every_text_lies_inside_the_drawing(chart, width):
    """By the widths that the browser's fonts do not exceed; matplotlib's own are wider."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    figure = chart(ZH, width)
    FigureCanvasAgg(figure).draw()
    outside = []
    for text in figure.findobj(lambda one: isinstance(one, Text) and one.get_text() and one.get_visible()):
        box = text.get_window_extent()
        slack = 0.15 * box.width + 4  # DejaVu is wider than what readers have
        if box.x0 < -slack or box.x1 > width + slack:
            outside.append((text.get_text(), box.x0, box.x1))
    assert outside == []


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS.keys())
def test_a_chart_leaves_its_data_as_it_was(chart):
    before = [part.copy() for part in chart.args if isinstance(part, pd.DataFrame | pd.Series)]
    chart(EN, HALF)
    after = [part for part in chart.args if isinstance(part, pd.DataFrame | pd.Series)]
    assert all(one.equals(other) for one, other in zip(before, after, strict=True))


def test_names_stand_in_a_chart_as_text_and_cut_short():
    shown = texts(CHARTS["bars"](EN, WIDE))
    assert {"华东电机有限公司", "A$B_{x}$", "<script>", "x" * 39 + "…"} <= set(shown)


def test_values_stand_in_the_units_of_the_language():
    assert {"¥4M", "−¥2M"} <= set(texts(CHARTS["bars"](EN, WIDE)))
    assert {"¥400万", "−¥200万"} <= set(texts(CHARTS["bars"](ZH, WIDE)))


def test_a_waterfall_starts_each_change_where_the_last_one_ended():
    axes = CHARTS["waterfall"](EN, WIDE).axes[0]
    ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]
    assert ends == [(0, 9e6), (9e6, 5e6), (5e6, -1e6), (0, -1e6)]


def test_a_waterfall_shows_the_sign_of_a_change_and_not_of_a_total():
    shown = texts(CHARTS["waterfall"](EN, WIDE))
    assert {"¥9M", "−¥4M", "−¥6M", "−¥1M"} <= set(shown)


def test_an_interval_that_includes_the_line_is_hollow():
    from analysis.draw.style import INK

    dots = [line for line in CHARTS["intervals"](EN, WIDE).axes[0].lines if line.get_marker() == "o"]
    assert [dot.get_markerfacecolor() for dot in dots] == [
        INK["verm"],
        INK["verm"],
        INK["paper"],
        INK["blue"],
    ]


def test_a_concentration_curve_passes_through_its_points():
    line = CHARTS["concentration"](EN, WIDE).axes[0].lines[2]
    assert list(line.get_ydata()) == pytest.approx([0, 9 / 14, 14 / 14, 17 / 14, 18 / 14, 1])


def test_the_months_on_an_axis_end_with_the_last_one():
    axis = CHARTS["line of months"](EN, NARROW).axes[0].xaxis
    assert axis.get_ticklabels()[-1].get_text() == "Sep 2026"


def test_ticks_are_round_and_reach_both_ends():
    assert ticks(0, 1, 5) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert ticks(0, 0, 5) == [0]


def test_labels_are_cut_to_the_room():
    shown, width = labels_of(NAMES, EN, room=60)
    assert width <= 60
    assert all(width_of(text) <= 60 for text in shown)
    assert shown[0].endswith("…")


def test_a_phrase_with_a_number_can_name_a_row():
    shown = texts(plot_bars(pd.Series([1.0]), [say("page.from.held", held=1, all=2)], ZH, HALF))
    assert "2项校验中1项通过" in shown


@pytest.mark.parametrize(("width", "most"), [(WIDE, NAMED), (NARROW, NAMED_NARROW)])
def test_bubbles_are_named_up_to_a_limit_in_their_order_and_cut_short(width, most):
    shown = texts(plot_field(120)(EN, width))
    known = {"华东电机有限公司", "A$B_{x}$", "<script>"}
    named = [text for text in shown if text in known or text.startswith("xxx")]
    assert 0 < len(named) <= most
    assert max(map(len, named)) <= NAME


def test_every_bubble_has_its_tip_and_the_corners_their_names():
    drawing = ElementTree.fromstring(svg.inline(plot_field(12)(ZH, WIDE), prefix="a", label="b"))
    assert {element.get("data-tip") for element in drawing.iter() if element.get("data-tip")} == {f"<b>{n}" for n in range(12)}
    assert {"潜力", "Key", "边缘", "Ordinary"} <= {element.text for element in drawing.iter("text")}


def test_names_of_bubbles_do_not_lie_on_one_another():
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = plot_field(120, name="华东电机")(ZH, WIDE)
    FigureCanvasAgg(figure).draw()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts if text.get_text() == "华东电机"]
    assert len(boxes) > 3
    assert not any(one.overlaps(other) for place, one in enumerate(boxes) for other in boxes[:place])


def test_an_interval_is_filled_where_it_leaves_out_the_line_or_where_it_is_said_to_be_sure():
    def filled(**how):
        axes = plot_intervals(forest(4), NAMES, EN, WIDE, line=1.2, **how).axes[0]
        dots = [line for line in axes.lines if line.get_marker() == "o"]
        return [dot.get_markerfacecolor() == dot.get_markeredgecolor() for dot in dots]

    assert filled() == [True, False, False, True]  # 2.32 to 3.63, 1.12 to 1.75, 0.88 to 1.38, 0.4 to 0.63
    assert filled(sure=[False, False, True, True]) == [False, False, True, True]


def test_signs_have_room_beside_the_dash_of_a_range():
    changes = pd.DataFrame({"value": [0.1], "lo": [-0.2], "hi": [0.4]})
    assert "−20% – +40%" in texts(plot_intervals(changes, NAMES[:1], EN, WIDE, form="+percent"))
    assert "1.12–1.75" in texts(plot_intervals(forest(2)[1:], NAMES[:1], EN, WIDE))


def test_ticks_of_a_narrow_chart_keep_apart_and_the_line_keeps_its_own():
    near = pd.DataFrame({"value": [0.94, 1.02], "lo": [0.91, 0.96], "hi": [0.97, 1.09]})
    axes = plot_intervals(near, NAMES[:2], EN, NARROW, line=1.0, log=True).axes[0]
    shown = [label.get_text() for label in axes.get_xticklabels()]
    places = [axes.transData.transform((tick, 0))[0] for tick in axes.get_xticks()]
    assert "1.00" in shown
    assert all(after - before >= width_of("1.00") for before, after in itertools.pairwise(places))


def test_heads_of_a_matrix_without_room_for_one_line_stand_in_two():
    heads = [quoted(name) for name in ("0%–20%", "20%–40%", "40%–60%", "60%–80%", "80%–100%")]
    draw = partial(plot_matrix, pd.DataFrame([[1] * 5]), NAMES[:1], heads, row_name=quoted("At a discount"), column_name=quoted("Tier"))
    for width, lines in ((WIDE, 1), (NARROW, 2)):
        texts_at = {text.get_text(): text.xyann[1] for text in draw(EN, width).axes[0].texts if "%" in text.get_text()}
        assert list(texts_at) == [head.text(EN) for head in heads]
        assert len(set(texts_at.values())) == lines


def test_a_side_without_room_is_named_a_line_higher_inside_the_drawing():
    late = pd.DataFrame({"value": [0.9, 3.0], "lo": [0.8, 2.0], "hi": [1.1, 4.0]})
    sides = (quoted("much slower than all of its peers"), quoted("faster"))
    slower = plot_intervals(late, NAMES[:2], EN, NARROW, line=1.0, sides=sides).axes[0].texts[-2]
    assert slower.get_text().startswith("←")
    assert slower.xyann[1] > 12


def test_an_interval_that_would_squash_the_others_is_cut_at_the_outer_fence_and_an_arrow_says_so():
    near = pd.DataFrame({"value": [0.0, 0.1, 0.2, 0.3, 90.0], "lo": [-0.4, -0.3, -0.2, -0.1, -0.5], "hi": [0.4, 0.5, 0.6, 0.7, 44_000.0]})
    assert far_out(near) == pytest.approx((-1.0, 1.3))  # quartiles -0.4 and -0.2, 0.5 and 0.7, and three times their distance
    assert far_out(near.head(4)) is None
    axes = plot_intervals(near, [*NAMES, quoted("one more")], EN, WIDE, line=0.0, cut=far_out(near)).axes[0]
    assert axes.get_xlim()[1] < 2
    assert [line.get_marker() for line in axes.lines].count(">") == 1
    assert [line.get_marker() for line in axes.lines].count("o") == 4  # a value beyond has its number alone
    assert "−0.50–44,000.00" in texts(axes.figure)


def test_the_label_at_the_end_of_a_line_rises_from_the_edge_of_its_band():
    rising = pd.DataFrame({"x": [0.8, 0.9], "y": [10.0, 12.0], "lo": [10.0, 11.0], "hi": [10.0, 14.0]})
    axes = plot_line(rising, EN, HALF, x_form="percent", zero=False, marks=[Mark(0.9, 12.0, quoted("+5 pp"), strong=True)]).axes[0]
    label = next(text for text in axes.texts if text.get_text() == "+5 pp")
    assert label.xy[1] == 14.0
    assert label.xyann[1] > 0
