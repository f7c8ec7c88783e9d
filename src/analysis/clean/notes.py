"""What the reader had to decide, in the words of both languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from analysis.clean.pieces import Piece
from analysis.clean.relations import LINES, Role
from analysis.clean.store import Stored
from analysis.core.contracts.schema import Words
from analysis.core.params import Source


class Note(NamedTuple):
    """Something the reader decided or found to be odd.

    ``kind`` is one of joined, repeated_key, unmatched_key, one_person, filled_down, name_as_id, encoding_judged,
    unit_from_title, mixed_basis, turned_basis, blank_rows.
    """

    kind: str
    where: str
    count: int
    words: Words


def reading_notes(pieces: Sequence[Piece], roles: Sequence[Role], stored: Sequence[Stored], source: Source) -> list[Note]:
    """Notes on files of order lines, in their order."""
    notes = []
    for piece, role, one in zip(pieces, roles, stored, strict=True):
        if role.table in LINES:
            notes += _of_file(piece, role, one)
    said = {role.headers.basis for role in roles if role.table in LINES}
    if {"taxed", "untaxed"} <= said:
        where = ", ".join(piece.name for piece, role in zip(pieces, roles, strict=True) if role.table in LINES)
        if source.amount_basis and source.tax_rate is not None:
            notes.append(Note("turned_basis", where, len(said), Words(
                f"some amounts are with tax and some without; all are turned into {source.amount_basis} ones at {source.tax_rate:.0%}",
                f"部分金额含税,部分不含税,已按税率{source.tax_rate:.0%}统一换算")))  # fmt: skip
        else:
            notes.append(Note("mixed_basis", where, len(said), Words(
                "some amounts are with tax and some without, and are added up as they are; "
                "set source.amount_basis and source.tax_rate in params.yaml to make them one",
                "部分金额含税,部分不含税,按原样相加;可在params.yaml中设置source.amount_basis和source.tax_rate以统一口径")))  # fmt: skip
    return notes


def _of_file(piece: Piece, role: Role, one: Stored) -> list[Note]:
    notes = []
    if piece.note == "encoding_judged":
        notes.append(Note("encoding_judged", piece.name, 1, Words(
            f"its encoding was judged to be {piece.encoding}; if letters look wrong, set source.encoding in params.yaml",
            f"编码判断为{piece.encoding};如有乱码,请在params.yaml中设置source.encoding")))  # fmt: skip
    if role.table == "orders" and "customer_id" not in role.columns:
        notes.append(Note("name_as_id", piece.name, one.rows, Words(
            "there is no customer number, so the name stands for the customer", "没有客户编号,以客户名称代替")))  # fmt: skip
    if piece.title_unit and any(factor != 1 for factor in one.factors.values()):
        notes.append(Note("unit_from_title", piece.name, 1, Words(
            f"amounts are in the unit named above the table: {piece.title_unit}",
            f"金额单位取自表头上方的说明:{piece.title_unit}")))  # fmt: skip
    if one.filled_down:
        notes.append(Note("filled_down", piece.name, one.filled_down, Words(
            f"{one.filled_down} lines take the date and customer that only the first line of their order carries",
            f"{one.filled_down}行沿用同一订单首行的日期和客户")))  # fmt: skip
    return notes
