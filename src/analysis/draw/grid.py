"""A table of the page: a contracted frame as escaped HTML that reads without a script and prints whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis.core.contracts.schema import Column, Table
from analysis.core.edition import MISSING, SHORT_TEXT, Edition, MoneyUnit, is_missing, tidy
from analysis.core.text import Phrase, say
from analysis.draw.html import columns, joined

SCALES = {"_e4": 1e4, "_e3": 1e3}  # stored in ten-thousandths, in thousandths
FORMS = {"int": "count", "ratio": "percent1"}
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
    limit : rows in the page.
    search : whether the reader can search.
    """

    columns: tuple[str, ...] = ()
    words: Mapping[str, Mapping[str, Phrase]] = field(default_factory=dict)
    bars: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    forms: Mapping[str, str] = field(default_factory=dict)
    limit: int = 2000
    search: bool = True


def table(frame: pd.DataFrame, contract: Table, look: Look, caption: str, edition: Edition) -> Markup:
    """``frame`` as a table with a hidden caption; what was left out is said below it."""
    shown_columns = [contract.by_name[name] for name in look.columns or contract.by_name if name in frame]
    shown = frame.head(look.limit)
    units = {column.name: unit for column in shown_columns if (unit := _unit(column, shown, look, edition))}
    header = joined(_header(column, units.get(column.name), edition) for column in shown_columns)
    cells = [
        [_cell(value, column, look, unit, edition, first=place == 0) for value in shown[column.name]]
        for place, column in enumerate(shown_columns)
        for unit in (units.get(column.name),)
    ]
    rows = joined(Markup("<tr>{}</tr>\n").format(joined(row)) for row in zip(*cells, strict=True))
    tools = Markup(' data-find="{}" data-count="{}" data-csv="{}" data-name="{}"').format(
        say("page.table.find").text(edition) if look.search else "",
        say("page.table.count", shown="%1", total="%2").text(edition),
        say("page.table.csv").text(edition),
        contract.name,
    )
    region = say("page.table.region", title=caption).text(edition)
    return Markup(
        '<div class="table"{}><div class="scroll" role="region" tabindex="0" aria-label="{}">'
        '<table><caption class="hidden">{}</caption><thead><tr>{}</tr></thead>\n'
        "<tbody>{}</tbody></table></div>{}</div>"
    ).format(tools, region, caption, header, rows, _left_out(len(frame), len(shown), contract, edition))


def _left_out(total: int, shown: int, contract: Table, edition: Edition) -> Markup:
    if total == 0:
        return Markup('<p class="note">{}</p>').format(say("page.table.empty").html(edition))
    if total == shown:
        return Markup("")
    remark = say("page.table.cut", shown=shown, total=total, file=f"data/tables/{contract.name}.parquet")
    return Markup('<p class="note">{}</p>').format(remark.html(edition))


def _unit(column: Column, frame: pd.DataFrame, look: Look, edition: Edition) -> MoneyUnit | None:
    """One unit of money for the whole column, so that the header can carry it."""
    if column.kind not in ("money", "money_e4") or column.name in look.forms:
        return None
    scale = _scale(column)
    return edition.money_unit(value / scale for value in frame[column.name] if not is_missing(value))


def _header(column: Column, unit: MoneyUnit | None, edition: Edition) -> Markup:
    label = edition.words(column.label)
    if unit and unit.name:
        label = say("page.table.with_unit", label=column.label, unit=unit.name).text(edition)
    numeric = Markup(' class="num"') if _is_number(column) else Markup("")
    return Markup('<th scope="col"{}>{}</th>').format(numeric, label)


def _is_number(column: Column) -> bool:
    return column.kind in ("int", "money_e4", "qty_e3", "float", "money", "ratio")


def _cell(
    value: Any, column: Column, look: Look, unit: MoneyUnit | None, edition: Edition, *, first: bool
) -> Markup:
    raw, shown = _raw(value, column), _shown(value, column, look, unit, edition)
    if column.name in look.words and raw:
        raw = look.words[column.name][value].text(edition)  # sorted and saved as it is read
    if column.name in look.bars and not is_missing(value):
        share = min(max(float(value), 0.0), 1.0)
        shown += Markup('<span class="bar"><span style="width:{:.0f}%"></span></span>').format(share * 100)
    if first and not _is_number(column):
        return Markup('<th scope="row" data-v="{}">{}</th>').format(raw, shown)
    if not _is_number(column):
        kind = Markup(' class="day"') if column.kind in ("date", "datetime") else Markup("")
        return Markup('<td{} data-v="{}">{}</td>').format(kind, raw, shown)
    direction = ""
    if column.name in look.changes and not is_missing(value):
        direction = " up" if value > 0 else " down" if value < 0 else ""
    return Markup('<td class="num{}" data-v="{}">{}</td>').format(direction, raw, shown)


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
        return columns([int(count) for count in value.split()], say("page.table.series", counts=value).text(edition))
    if column.kind == "text":
        return Markup("<bdi>{}</bdi>").format(tidy(value, SHORT_TEXT) or MISSING)
    if column.kind == "bool":
        return say("page.value.yes" if value else "page.value.no").html(edition)
    if column.kind == "datetime":
        return Markup("{:%Y-%m-%d %H:%M}").format(value)
    if column.kind == "date":
        return Markup("{:%Y-%m-%d}").format(value)
    sign = "+" if name in look.changes else ""
    size = value / _scale(column) if _scale(column) > 1 else value
    if unit:
        return Markup("{}").format(edition.show(size / unit.divisor, f"{sign}number{unit.digits}"))
    usual = "number" if _scale(column) > 1 else FORMS.get(column.kind, "number2")
    return Markup("{}").format(edition.show(size, f"{sign}{look.forms.get(name, usual)}"))


def _scale(column: Column) -> float:
    return SCALES.get(column.name[-3:], 1.0)
