"""What a page holds, by a parser: every element, attribute, link and text; and what of it is not ours."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser

_ELEMENTS = """
    a b bdi body br button caption circle clippath code dd defs details div dl dt em footer g h1 h2 h3 head header html i
    input label li main meta nav noscript ol p path pre rect script section span style summary svg table tbody td text th thead
    title tr ul use
"""
_ATTRIBUTES = """
    aria-current aria-hidden aria-label aria-labelledby charset class clip-path content cx cy d data-count data-csv
    data-find data-hi data-name data-tip data-v dir height hidden href hreflang http-equiv id lang name r role scope style tabindex
    transform type viewbox width x y
"""
ELEMENTS = frozenset(_ELEMENTS.split())
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
VOID = frozenset({"br", "circle", "input", "meta", "path", "rect", "use"})
OUTSIDE = re.compile(r"url\(\s*[\"']?(?!#)|@import|expression\(", re.IGNORECASE)
STYLE = re.compile(r"[\w\s:;.#%,/-]*")  # of an attribute: names, numbers and colours, never a call or a quote
OWN_CALLS = re.compile(r"var\(--[a-z0-9]+\)|url\(#[a-z0-9_-]+\)")


class Reading(HTMLParser):
    """One page, read from its beginning to its end."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.doubled: list[str] = []
        self.declared: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        self.doubled += [f"{tag} {name}" for name in names if names.count(name) > 1]
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.doubled.append(f"</{tag}> closes another element")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)

    def handle_comment(self, data: str) -> None:
        self.declared.append(f"comment {data[:40]}")

    def unknown_decl(self, data: str) -> None:
        self.declared.append(data[:40])

    def handle_pi(self, data: str) -> None:
        self.declared.append(data[:40])

    @property
    def shown(self) -> str:
        """All text that a reader sees."""
        return "\n".join(
            "".join(parts) for tag, parts in self.texts.items() if tag not in ("script", "style")
        )

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.elements if name in attributes]


def faults(page: str, files: set[str]) -> list[str]:
    """What a page of ours must not hold; ``files`` are the pages that it may lead to."""
    return [*_foreign(reading := Reading(page)), *_misled(reading, files), *_unguarded(reading)]


def _foreign(reading: Reading) -> Iterator[str]:
    for tag, attributes in reading.elements:
        if tag not in ELEMENTS:
            yield f"element {tag}"
        for name, value in attributes.items():
            if name not in ATTRIBUTES:
                yield f"attribute {name} of {tag}"
            elif name == "style" and not STYLE.fullmatch(OWN_CALLS.sub("", value)):
                yield f"style {value[:60]}"
    yield from reading.doubled
    yield from reading.declared
    yield from (f"never closed: {tag}" for tag in reading.open)
    if OUTSIDE.search("".join(reading.texts.get("style", []))):
        yield "a style that asks for a file"


def _misled(reading: Reading, files: set[str]) -> Iterator[str]:
    ids = reading.values("id")
    yield from (f"id {one} twice" for one in sorted({one for one in ids if ids.count(one) > 1}))
    yield from (f"id {one}" for one in ids if not re.fullmatch(r"[a-z][a-z0-9_-]*", one))
    for target in reading.values("href"):
        if not (target in files or (target.startswith("#") and target[1:] in ids)):
            yield f"link {target[:60]}"
    yield from (f"label {one}" for one in reading.values("aria-labelledby") if one not in ids)


def _unguarded(reading: Reading) -> Iterator[str]:
    scripts = [attributes for tag, attributes in reading.elements if tag == "script"]
    if scripts != [{}]:
        yield f"{len(scripts)} scripts"
    digest = base64.b64encode(hashlib.sha256("".join(reading.texts["script"]).encode()).digest()).decode()
    policies = [one["content"] for tag, one in reading.elements if tag == "meta" and "http-equiv" in one]
    expected = (
        "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    if policies != [expected]:
        yield f"policy {policies}"
