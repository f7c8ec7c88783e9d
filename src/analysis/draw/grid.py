"""A table of the page: a contracted frame as escaped HTML that reads without a script and prints whole.

The ends of an interval, ``x_lo`` and ``x_hi`` or plain ``lo`` and ``hi``, are two columns of a frame and of a saved CSV, and
one column for the reader, "12 to 34" beside what it is the interval of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from analysis.core.contracts.schema import Column, Table
from analysis.core.edition import MISSING, SHORT_TEXT, Edition, MoneyUnit, is_missing, tidy
from analysis.core.text import Phrase, quoted, say
from analysis.draw.axis import width_of
from analysis.draw.html import joined, small_columns

SHORT, LONG = 9, 16  # em: texts of a column up to the one stay on one line, beyond the other they get room
BROAD = 10  # columns: a table of more prints smaller
SCALES = {"_e4": 1e4, "_e3": 1e3}  # stored in ten-thousandths, in thousandths
FORMS = {"int": "count", "ratio": "percent1"}
ENDS = ("lo", "hi")  # last words of the names of an interval's ends
RAW_TEXT = 1000  # characters of one text that the CSV takes along


@dataclass(frozen=True)
class Look:
    """How a table is shown.

    Parameters
    ----------
    columns : names in shown order; empty shows all.
    words : for a column of codes, the phrase of each code.
    bars : columns of shares that get a small bar behind the number.
    series : columns of counts written one after another, each drawn as small columns.
    changes : columns shown with an arrow and a sign.
    forms : columns shown otherwise than their kind says, as ``{"rate": "percent"}``.
    intervals : headers of lower ends whose interval is not simply that of the column before.
    gaps : columns whose missing values another column of codes explains, as ``{"lo": "no_interval"}``.
    limit : rows in the page.
    search : whether the reader can search.
    """

    columns: tuple[str, ...] = ()
    words: Mapping[str, Mapping[str, Phrase]] = field(default_factory=dict)
    bars: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    forms: Mapping[str, str] = field(default_factory=dict)
    intervals: Mapping[str, Phrase] = field(default_factory=dict)
    gaps: Mapping[str, str] = field(default_factory=dict)
    limit: int = 2000
    search: bool = True


def table(frame: pd.DataFrame, contract: Table, look: Look, caption: str, edition: Edition) -> Markup:
    """``frame`` as a table with a hidden caption; what was left out is said below it."""
    columns = _filled([contract.by_name[name] for name in look.columns or contract.by_name if name in frame], frame)
    shown = frame.head(look.limit)
    units = _units(columns, shown, look, edition)
    pairs = _paired(columns)
    header = joined(_header(column, upper, look, units.get(column.name), edition) for column, upper in pairs)
    cells = [
        _intervals(shown, column, upper, look, units.get(column.name), edition)
        if upper
        else _cells(shown[column.name], column, look, units.get(column.name), edition, first=place == 0)
        for place, (column, upper) in enumerate(pairs)
    ]
    rows = joined(Markup("<tr>{}</tr>\n").format(joined(row)) for row in zip(*cells, strict=True))
    tools = Markup(' data-find="{}" data-count="{}" data-csv="{}" data-name="{}"').format(
        say("page.table.find").text(edition) if look.search else "",
        say("page.table.count", shown="%1", total="%2").text(edition),
        say("page.table.csv").text(edition),
        contract.name,
    )
    broad = Markup(' class="broad"') if len(pairs) > BROAD else Markup("")
    region = say("page.table.region", title=caption).text(edition)
    return Markup(
        '<div class="table"{}><div class="scroll" role="region" tabindex="0" aria-label="{}">'
        '<table{}><caption class="hidden">{}</caption><thead><tr>{}</tr></thead>\n'
        "<tbody>{}</tbody></table></div>{}</div>"
    ).format(tools, region, broad, caption, header, rows, _left_out(len(frame), len(shown), contract, edition))


def _filled(columns: list[Column], frame: pd.DataFrame) -> list[Column]:
    """The first of ``columns`` and those with a value: what the data never tells is no column of dashes."""
    return [one for place, one in enumerate(columns) if place == 0 or frame.empty or not frame[one.name].isna().all()]


def _paired(columns: Sequence[Column]) -> list[tuple[Column, Column | None]]:
    """Each of ``columns``, the lower end of an interval together with the upper one that follows it."""
    pairs: list[tuple[Column, Column | None]] = []
    for column in columns:
        before = pairs[-1][0] if pairs else column
        low, high = ENDS
        if before.name.split("_")[-1] == low and column.name == before.name.removesuffix(low) + high:
            pairs[-1] = (before, column)
        else:
            pairs.append((column, None))
    return pairs


def _left_out(total: int, shown: int, contract: Table, edition: Edition) -> Markup:
    if total == 0:
        return Markup('<p class="note">{}</p>').format(say("page.table.empty").html(edition))
    if total == shown:
        return Markup("")
    remark = say("page.table.cut", shown=shown, total=total, file=f"data/tables/{contract.name}.parquet")
    return Markup('<p class="note">{}</p>').format(remark.html(edition))


def _units(
    columns: Sequence[Column], frame: pd.DataFrame, look: Look, edition: Edition
) -> dict[str, MoneyUnit]:
    """A unit of money for each column that needs one; a value and the ends of its interval share theirs.

    The header carries it; ends of intervals belong to the column before them.
    """
    families: dict[str, list[Column]] = {}
    stem = ""
    for column in columns:
        if column.name.split("_")[-1] not in ENDS:
            stem = column.name
        if column.kind in ("money", "money_e4") and column.name not in look.forms:
            families.setdefault(stem, []).append(column)
    units = {}
    for family in families.values():
        values = [value / _scale(one) for one in family for value in frame[one.name] if not is_missing(value)]
        units |= dict.fromkeys((one.name for one in family), edition.money_unit(values))
    return units


def _header(column: Column, upper: Column | None, look: Look, unit: MoneyUnit | None, edition: Edition) -> Markup:
    """The header of a column, or of an interval; the CSV takes the names without the unit, as it takes raw values."""
    label = plain = edition.words(column.label)
    kind = Markup(' class="num"') if _is_number(column) else Markup("")
    if upper:
        label = look.intervals.get(column.name, say("page.table.interval")).text(edition)
    if unit and unit.name:
        label = say("page.table.with_unit", label=quoted(label), unit=unit.name).text(edition)
    raw = Markup(' data-v="{}"').format(plain) if label != plain else Markup("")
    if upper:
        raw += Markup(' data-hi="{}"').format(edition.words(upper.label))
    return Markup('<th scope="col"{}{}>{}</th>').format(kind, raw, label)


def _is_number(column: Column) -> bool:
    return column.kind in ("int", "money_e4", "qty_e3", "float", "money", "ratio")


def _cells(
    values: pd.Series, column: Column, look: Look, unit: MoneyUnit | None, edition: Edition, *, first: bool
) -> list[Markup]:
    """The cells of one column, all with the room that its longest text needs."""
    shown = [_shown(value, column, look, unit, edition) for value in values]
    if _is_number(column):
        kinds = [_number_kind(value, column, look) for value in values]
    else:
        kind = "day" if column.kind in ("date", "datetime") else "" if first else _room_of(shown)
        kinds = [kind] * len(shown)
    row_header = first and not _is_number(column)
    return [
        _cell(value, text, column, look, kind, row_header)
        for value, text, kind in zip(values, shown, kinds, strict=True)
    ]


def _intervals(
    frame: pd.DataFrame, lower: Column, upper: Column, look: Look, unit: MoneyUnit | None, edition: Edition
) -> list[Markup]:
    """The cells of one interval, "12 to 34", sorted by their lower ends."""
    cells, to = [], say("page.table.to").html(edition)
    reasons = frame[look.gaps[lower.name]] if lower.name in look.gaps else [None] * len(frame)
    for low, high, reason in zip(frame[lower.name], frame[upper.name], reasons, strict=True):
        shown = Markup("{} {} {}").format(
            _shown(low, lower, look, unit, edition), to, _shown(high, upper, look, unit, edition)
        )
        if is_missing(low) and is_missing(high):
            shown = Markup(MISSING) if is_missing(reason) else look.words[look.gaps[lower.name]][reason].html(edition)
        cells.append(
            Markup('<td class="num" data-v="{}" data-hi="{}">{}</td>').format(_raw(low, lower), _raw(high, upper), shown)
        )
    return cells


def _cell(value: Any, shown: Markup, column: Column, look: Look, kind: str, row_header: bool) -> Markup:
    """One cell; its raw value stands beside it where the reader sees another."""
    is_coded = column.name in look.words and not is_missing(value)
    seen, attributes = shown.striptags(), Markup("")
    raw = seen if is_coded else _raw(value, column)
    if raw != seen or column.name in look.bars:
        attributes += Markup(' data-v="{}"').format(raw)
    if column.kind == "text" and column.name not in look.words:
        attributes += Markup(' dir="auto"')
    if kind:
        attributes = Markup(' class="{}"').format(kind) + attributes
    if column.name in look.bars and not is_missing(value):
        share = min(max(float(value), 0.0), 1.0)
        shown += Markup('<span class="bar" style="--w:{:.0f}%"></span>').format(share * 100)
    if row_header:
        return Markup('<th scope="row"{}>{}</th>').format(attributes, shown)
    return Markup("<td{}>{}</td>").format(attributes, shown)


def _number_kind(value: Any, column: Column, look: Look) -> str:
    if column.name in look.changes and not is_missing(value) and value:
        return "num up" if value > 0 else "num down"
    return "num"


def _room_of(shown: Sequence[Markup]) -> str:
    """Whether a column of text is so short that no line may break, or so long that it needs a width."""
    widest = max((width_of(text.striptags(), 1.0) for text in shown), default=0.0)
    return "short" if widest <= SHORT else "long" if widest > LONG else ""


def _raw(value: Any, column: Column) -> str:
    """The value as the CSV and the sorting take it, in the column's plain unit."""
    if is_missing(value):
        return ""
    if _scale(column) > 1:
        return f"{value / _scale(column):.10g}"
    if column.kind in ("float", "money", "ratio"):
        return f"{float(value):.10g}"
    if column.kind == "date":
        return f"{value:%Y-%m-%d}"
    return tidy(str(value), RAW_TEXT)


def _shown(value: Any, column: Column, look: Look, unit: MoneyUnit | None, edition: Edition) -> Markup:
    name = column.name
    if is_missing(value) or value == "":
        return Markup(MISSING)
    if name in look.words:
        return look.words[name][value].html(edition)
    if name in look.series:
        return small_columns([int(count) for count in value.split()], say("page.table.series", counts=value).text(edition))
    if column.kind == "text":
        return escape(tidy(value, SHORT_TEXT) or MISSING)
    if column.kind == "bool":
        return say("page.value.yes" if value else "page.value.no").html(edition)
    if column.kind == "datetime":
        return Markup("{:%Y-%m-%d %H:%M}").format(value)
    if column.kind == "date":
        return Markup("{:%Y-%m-%d}").format(value)
    sign = "+" if name in look.changes else ""
    size = value / _scale(column) if _scale(column) > 1 else value
    if unit:
        return escape(edition.show(size / unit.divisor, f"{sign}number{unit.digits}"))
    usual = "number" if _scale(column) > 1 else FORMS.get(column.kind, "number2")
    return escape(edition.show(size, f"{sign}{look.forms.get(name, usual)}"))


def _scale(column: Column) -> float:
    return SCALES.get(column.name[-3:], 1.0)
