"""A matplotlib figure as inline SVG: text as text, colours as the page's variables, equal bytes each time."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from markupsafe import Markup, escape

from analysis.draw import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = {light: f"var(--{token})" for token, light in style.INK.items()}
_HEX = re.compile(r"#[0-9a-f]{6}\b")
_NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_COORDINATES = {"d", "x", "y", "width", "height", "points", "viewBox"}
_AROUND_LETTER = re.compile(r" ?([A-Za-z]) ?")  # the spaces of a path that its letters make needless
_HANDED_ON = {"class", "data-tip"}  # of a group, to its only child
_DROPPED = {"metadata", "style", "title", "desc"}


def inline(figure: Figure, *, prefix: str, label: str) -> Markup:
    """``figure`` as an ``<svg>`` element.

    Parameters
    ----------
    prefix : begins every id, so that many drawings can share a page.
    label : what a screen reader says in place of the drawing.
    """
    file = io.BytesIO()
    with style.ink():
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    root = ElementTree.fromstring(file.getvalue())
    _bare_names(root)
    _drop(root)
    _rename_ids(root, prefix)
    for element in root.iter():
        _clean(element)
    _flatten(root)
    _gather(root)
    _join(root)
    width, height = (
        float(root.attrib.pop(side)[:-2]) / style.POINT for side in ("width", "height")
    )  # "312pt"
    root.attrib.update({"role": "img", "aria-label": label, "viewBox": root.attrib["viewBox"]})
    root.attrib["style"] = f"max-width:{width:.0f}px;aspect-ratio:{width:.0f}/{height:.0f}"
    return Markup("".join(_written(root)))


def _bare_names(root: ElementTree.Element) -> None:
    """Take the XML namespaces off: inside HTML an ``svg`` needs none."""
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {
            name.rpartition("}")[2]: value for name, value in element.attrib.items() if "XML/1998" not in name
        }
    root.attrib.pop("version", None)


def _drop(element: ElementTree.Element) -> None:
    for child in list(element):
        if child.tag in _DROPPED or _unseen(child):
            element.remove(child)
        else:
            _drop(child)
            if child.tag in ("g", "defs") and not len(child):
                element.remove(child)


def _unseen(element: ElementTree.Element) -> bool:
    if element.tag != "path" or "id" in element.attrib:
        return False
    look = element.get("style", "")
    return "fill: none" in look and "stroke:" not in look


def _rename_ids(root: ElementTree.Element, prefix: str) -> None:
    """Give the ids that something refers to a name of this drawing; take the others away."""
    used: dict[str, str] = {}
    for element in root.iter():
        for name, value in element.attrib.items():
            if name == "href":
                used.setdefault(value.removeprefix("#"), f"{prefix}-{len(used)}")
            for reference in _REFERENCE.findall(value) if name in ("clip-path", "style") else ():
                used.setdefault(reference, f"{prefix}-{len(used)}")
    for element in root.iter():
        attributes = element.attrib
        identity = attributes.pop("id", "")
        if identity.startswith(style.TIP):
            attributes["data-tip"] = identity.removeprefix(style.TIP)
        elif identity == style.BARE:
            attributes["class"] = identity
        elif identity in used:
            attributes["id"] = used[identity]
        if "href" in attributes:
            attributes["href"] = f"#{used[attributes['href'].removeprefix('#')]}"
        for name in ("clip-path", "style"):
            if name in attributes:
                attributes[name] = _REFERENCE.sub(lambda found: f"url(#{used[found[1]]})", attributes[name])


def _clean(element: ElementTree.Element) -> None:
    attributes = element.attrib
    if "style" in attributes:
        attributes["style"] = ";".join(_declarations(attributes["style"]))
        if not attributes["style"]:
            del attributes["style"]
    for name in _COORDINATES & attributes.keys():
        attributes[name] = _rounded(attributes[name])
    if "d" in attributes:
        attributes["d"] = _AROUND_LETTER.sub(r"\1", attributes["d"])
    moved = attributes.get("transform", "")
    if moved.startswith("rotate(-0 "):
        del attributes["transform"]
    elif moved and "scale" not in moved and "matrix" not in moved:
        attributes["transform"] = _rounded(moved)
    if element.tag != "text":
        element.text = None
    element.tail = None


def _declarations(look: str) -> Iterator[str]:
    """The style's declarations with the page's colours and without the build machine's fonts."""
    for declaration in look.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name == "font":
            weight, size = re.match(r"(?:(\w+) )?(?:[\w-]+ )*?([\d.]+px)", value).groups()  # type: ignore[union-attr]
            yield f"font-size:{size}"
            if weight in ("bold", "600", "700"):
                yield "font-weight:700"
        elif name == "stroke-linejoin" and value == "miter":
            yield "stroke-linejoin:miter"
        elif name and name not in ("font-family", "stroke-linecap", "stroke-linejoin"):
            yield f"{name}:{_HEX.sub(_variable, value)}"
        elif name == "stroke-linecap" and value != "butt":
            yield f"{name}:{value}"


def _variable(found: re.Match[str]) -> str:
    if found[0] not in _COLOURS:
        raise ValueError(f"a drawing uses the colour {found[0]}; take one of analysis.draw.style.INK")
    return _COLOURS[found[0]]


def _rounded(value: str) -> str:
    return " ".join(_NUMBER.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), value).split())


def _flatten(element: ElementTree.Element) -> None:
    """Lift the children of groups that say nothing, and hand what a group says of one child to the child."""
    children: list[ElementTree.Element] = []
    for child in element:
        _flatten(child)
        if child.tag == "g" and len(child) == 1 and child.attrib.keys() <= _HANDED_ON - child[0].attrib.keys():
            child[0].attrib = child.attrib | child[0].attrib
            child.attrib = {}
        children.extend(child if child.tag == "g" and not child.attrib else [child])
    element[:] = children


def _gather(root: ElementTree.Element) -> None:
    """One list of definitions at the top, in place of one before each use."""
    found = [child for element in root.iter("defs") for child in element]
    for element in list(root.iter()):
        for child in element.findall("defs"):
            element.remove(child)
    _flatten(root)
    if found:
        all_of_them = ElementTree.Element("defs")
        all_of_them[:] = found
        root.insert(0, all_of_them)


def _join(element: ElementTree.Element) -> None:
    """Neighbouring opaque paths of one look become one path, as the bars of a series are."""
    children: list[ElementTree.Element] = []
    for child in element:
        _join(child)
        last = children[-1] if children else child
        look = child.attrib.items() - {("d", child.get("d"))}
        if (
            last is not child and last.tag == child.tag == "path" and child.attrib.keys() <= {"d", "style", "clip-path"}
            and "opacity" not in child.get("style", "") and last.attrib.items() - {("d", last.get("d"))} == look
        ):  # fmt: skip
            last.attrib["d"] += child.attrib["d"]
        else:
            children.append(child)
    element[:] = children


def _written(element: ElementTree.Element) -> Iterator[str]:
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in element.attrib.items())
    yield f"<{element.tag}{attributes}>"
    if element.text:
        yield str(escape(element.text))
    for child in element:
        yield from _written(child)
    yield f"</{element.tag}>"
