"""A drawing becomes inline SVG with text as text, the page's colours and the same bytes each time."""

import re
from xml.etree import ElementTree

import pytest

from analysis.draw import style, svg
from analysis.draw.width_font import WEIGHTS, build

NAME = "A$B_{x}$ <script>\"&'华东😀"


@style.inked
def drawing(name=NAME, colour="blue"):
    figure, axes = style.sheet(416, 330, left=40, right=20, top=20, bottom=40, grid="y")
    axes.plot([0, 1, 2], [0.123456, 3, 1], color=style.INK[colour], marker="o")
    bars = axes.bar([0, 1], [2, 1], color=style.INK["greybg"])
    style.tip(bars[0], name)
    axes.text(1, 2.871234, name, weight="bold")
    axes.text(1, 1, "2.871234")
    return figure


def shown(**arguments) -> ElementTree.Element:
    return ElementTree.fromstring(svg.inline(drawing(**arguments), prefix="whale", label=f"About {NAME}"))


def test_text_stays_text_and_says_what_the_data_says():
    texts = [element.text for element in shown().iter("text")]
    assert NAME in texts
    assert "2.871234" in texts


def test_a_name_is_inert_in_every_place_it_stands():
    root = shown()
    assert [element.tag for element in root.iter() if element.tag == "script"] == []
    assert root.get("aria-label") == f"About {NAME}"
    assert [element.get("data-tip") for element in root.iter() if "data-tip" in element.attrib] == [NAME]


def test_a_drawing_is_an_image_with_a_label():
    root = shown()
    assert root.get("role") == "img"
    assert root.get("viewBox") == "0 0 312 247.5"


def test_two_drawings_of_one_thing_have_equal_bytes():
    assert svg.inline(drawing(), prefix="a", label="x") == svg.inline(drawing(), prefix="a", label="x")


def test_every_id_belongs_to_the_drawing_and_is_referred_to():
    text = svg.inline(drawing(), prefix="whale", label="x")
    ids = re.findall(r' id="([^"]+)"', text)
    assert ids
    assert len(set(ids)) == len(ids)
    assert all(identity.startswith("whale-") for identity in ids)
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', text)) == set(ids)


def test_colours_are_the_pages_own():
    text = svg.inline(drawing(), prefix="a", label="x")
    assert "var(--blue)" in text
    assert "var(--greybg)" in text
    assert re.findall(r"#[0-9a-f]{6}", text) == []


def test_a_colour_outside_the_house_is_refused():
    figure = drawing()
    figure.axes[0].plot([0, 1], [0, 1], color="#123456")
    with pytest.raises(ValueError, match="a drawing uses the colour #123456"):
        svg.inline(figure, prefix="a", label="x")


@style.inked
def months_of_bars():
    figure, axes = style.sheet(416, 200, left=10, right=10, top=10, bottom=10)
    axes.bar([0, 1, 2, 3], [1, 2, 3, 4], color=[style.INK["sky"]] * 3 + [style.INK["verm"]])
    axes.text(0, 0, "a", gid=style.BARE)
    return figure


def test_bars_of_one_look_are_one_path_and_nothing_of_them_is_lost():
    paths = list(ElementTree.fromstring(svg.inline(months_of_bars(), prefix="a", label="x")).iter("path"))
    bars = {path.get("style"): path.get("d") for path in paths if "fill:var" in path.get("style", "")}
    assert bars.keys() == {"fill:var(--sky)", "fill:var(--verm)"}
    assert [look.count("M") for look in bars.values()] == [3, 1]
    assert [look.count("z") for look in bars.values()] == [3, 1]


def test_a_bar_with_a_label_of_its_own_stays_by_itself():
    root = shown()
    (labelled,) = [element for element in root.iter() if "data-tip" in element.attrib]
    assert labelled.tag == "path"
    assert labelled.get("d").count("M") == 1


def test_definitions_stand_once_at_the_top_and_a_text_without_halo_says_so_itself():
    root = ElementTree.fromstring(svg.inline(months_of_bars(), prefix="a", label="x"))
    assert root[0].tag == "defs"
    assert len(list(root.iter("defs"))) == 1
    assert [text.text for text in root.iter("text") if text.get("class") == "bare"] == ["a"]


def test_coordinates_are_short():
    text = svg.inline(drawing(), prefix="a", label="x")
    numbers = re.findall(r"\d+\.\d+", " ".join(re.findall(r' (?:d|x|y)="([^"]+)"', text)))
    assert numbers
    assert [number for number in numbers if len(number.partition(".")[2]) > 1] == []


def test_nothing_tells_of_the_machine_or_the_moment():
    text = svg.inline(drawing(), prefix="a", label="x")
    assert "DejaVu" not in text
    assert "Matplotlib" not in text
    assert "metadata" not in text


def test_no_colour_of_the_house_is_taken_twice():
    lights = list(style.INK.values())
    assert len(set(lights)) == len(lights)


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_font_of_widths_is_what_its_script_writes(weight, tmp_path):
    build(weight, tmp_path / "font.ttf")
    shipped = style.FONT_FOLDER / f"width-{weight.lower()}.ttf"
    assert (tmp_path / "font.ttf").read_bytes() == shipped.read_bytes()
