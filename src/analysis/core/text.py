"""The words of the pages: one catalogue, both languages of a sentence side by side.

``src/analysis/text/<subject>.toml`` holds the entries; the file's name is the first part of an entry's key.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from analysis.core.edition import LANGUAGES, MISSING, Edition, is_form, tidy
from analysis.core.words import Words

FOLDER = Path(__file__).parents[1] / "text"

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)(?::([^{}]*))?\}")


class Place(NamedTuple):
    """A placeholder: whose value, and how it is shown; no form means text."""

    name: str
    form: str


Wording = dict[str, tuple[str | Place, ...]]  # plural form -> parts of the sentence


@dataclass(frozen=True)
class Entry:
    """One sentence in both languages."""

    wording: dict[str, Wording]

    @property
    def names(self) -> frozenset[str]:
        """Names of the values that the sentence needs."""
        return names(self.wording[LANGUAGES[0]])


def names(wording: Wording) -> frozenset[str]:
    """Names of the placeholders of ``wording`` in any of its plural forms."""
    return frozenset(part.name for parts in wording.values() for part in parts if isinstance(part, Place))


@dataclass(frozen=True)
class Phrase:
    """A sentence of the catalogue with its values, not yet in a language; made by ``say``."""

    key: str
    values: tuple[tuple[str, Any], ...] = ()

    def text(self, edition: Edition) -> str:
        """Plain text, for charts and alternative texts; never HTML."""
        return "".join(piece for piece, _ in self._pieces(edition))

    def html(self, edition: Edition) -> Markup:
        """HTML; texts from the data are escaped and kept apart from the direction of the line."""
        return Markup("").join(
            Markup("<bdi>{}</bdi>").format(piece) if from_data else escape(piece)
            for piece, from_data in self._pieces(edition)
        )

    def _pieces(self, edition: Edition) -> Iterator[tuple[str, bool]]:
        """Parts of the sentence, each with whether it is a text from the data."""
        values = dict(self.values)
        wording = entry(self.key).wording[edition.language]
        for part in wording[_plural(wording, values, edition)]:
            if isinstance(part, str):
                yield part, False
                continue
            value = values[part.name]
            if part.form:
                yield edition.show(value, part.form), False
            elif isinstance(value, Phrase):
                yield from value._pieces(edition)
            elif isinstance(value, Words):
                yield edition.words(value), False
            else:
                yield tidy(value) or MISSING, True


def say(key: str, **values: Any) -> Phrase:
    """The sentence ``key`` of the catalogue, with its values.

    Parameters
    ----------
    key : ``"profit.whale.title"`` is the entry ``[whale] title`` in ``text/profit.toml``.
    values : one for each placeholder. A placeholder with a form (``{share:percent1}``) takes a number or a
        date; one without takes a text from the data, ``Words`` or another ``Phrase``.

    Raises
    ------
    LookupError, TypeError : an unknown key, placeholder or kind of value is a programming error.

    Examples
    --------
    >>> say("page.from.held", held=4, all=16).text(Edition("en", "CNY"))
    '4 of 16 checks hold'
    """
    needed = entry(key).names
    if needed != values.keys():
        raise LookupError(f"{key} needs the values {sorted(needed)}, got {sorted(values)}")
    for place in _places(key):
        value = values[place.name]
        if not place.form and not isinstance(value, str | Phrase | Words):
            raise TypeError(f"{key}: {place.name} is {type(value).__name__}; give the placeholder a form")
        if place.form and isinstance(value, str | Phrase | Words):
            raise TypeError(f"{key}: {place.name} is shown as {place.form}, got {type(value).__name__}")
    return Phrase(key, tuple(sorted(values.items())))


def quoted(text: str) -> Phrase:
    """A text from the data as a phrase, for the places that take phrases only."""
    return say("page.quoted", text=text)


def joined(phrases: Sequence[Phrase]) -> Phrase:
    """Sentences one after another."""
    first, *rest = phrases
    return say("page.joined", first=first, rest=joined(rest)) if rest else first


def listed(phrases: Sequence[Phrase]) -> Phrase:
    """Parts of one sentence, with commas between them."""
    first, *rest = phrases
    return say("page.listed", first=first, rest=listed(rest)) if rest else first


def entry(key: str) -> Entry:
    """The catalogue's entry ``key``."""
    subject, _, rest = key.partition(".")
    try:
        return catalogue(subject)[rest]
    except KeyError:
        raise LookupError(f"src/analysis/text/{subject}.toml has no entry {key}") from None


@lru_cache
def catalogue(subject: str) -> dict[str, Entry]:
    """All entries of ``text/<subject>.toml`` by the rest of their key."""
    file = FOLDER / f"{subject}.toml"
    if not file.is_file():
        return {}
    return dict(_entries(tomllib.loads(file.read_text(encoding="utf-8")), ""))


def subjects() -> list[str]:
    """Names of all subjects that have words."""
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


def _entries(node: dict[str, Any], path: str) -> Iterator[tuple[str, Entry]]:
    for name, child in node.items():
        here = f"{path}.{name}" if path else name
        if not isinstance(child, dict):
            raise ValueError(f"catalogue: {here} stands outside an entry; write {here}.en and {here}.zh")
        if set(child) & set(LANGUAGES):
            yield here, _entry(here, child)
        else:
            yield from _entries(child, here)


def _entry(key: str, node: dict[str, Any]) -> Entry:
    if set(node) != set(LANGUAGES):
        raise ValueError(f"catalogue: {key} has {sorted(node)}; an entry has exactly en and zh")
    wording = {
        language: {
            form: tuple(_split(key, text))
            for form, text in (said if isinstance(said, dict) else {"other": said}).items()
        }
        for language, said in node.items()
    }
    if names(wording["en"]) != names(wording["zh"]):
        raise ValueError(f"catalogue: the two languages of {key} have different placeholders")
    return Entry(wording)


def _split(key: str, text: str) -> Iterator[str | Place]:
    end = 0
    for match in _PLACE.finditer(text):
        if match[2] is not None and not is_form(match[2]):
            raise ValueError(f"catalogue: {key} shows {match[1]} as {match[2]!r}, which is no form")
        if match.start() > end:
            yield text[end : match.start()]
        yield Place(match[1], match[2] or "")
        end = match.end()
    rest = text[end:]
    if "{" in rest or "}" in rest:
        raise ValueError(f"catalogue: {key} has a bracket that is no placeholder: {rest!r}")
    if rest:
        yield rest


def _places(key: str) -> Iterator[Place]:
    for wording in entry(key).wording.values():
        for parts in wording.values():
            yield from (part for part in parts if isinstance(part, Place))


def _plural(wording: Wording, values: dict[str, Any], edition: Edition) -> str:
    """Plural form of the sentence's first count or number of days, as it is shown: an expected 0.9 customers are one."""
    if len(wording) == 1:
        return next(iter(wording))
    places = [part for part in wording["other"] if isinstance(part, Place)]
    counted = next(place.name for place in places if place.form in ("count", "days"))
    value = float(values[counted])
    form = edition.locale.plural_form(round(value) if isfinite(value) else value)
    return form if form in wording else "other"
