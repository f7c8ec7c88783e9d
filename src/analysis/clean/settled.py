"""What must be settled before a source is read: columns that are missing, or that could be one of two."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.clean.headers import Fault, normal
from analysis.clean.pieces import Piece
from analysis.clean.relations import LINES, READ, UNUSED, Role, has_money, role_of, told_table
from analysis.core.contracts.inputs import ORDERS
from analysis.core.errors import DataError, ParamsError
from analysis.core.params import Source

_WORDS = {"customer": "the customer", "order_date": "the order date", "money": "the amount (or quantity and unit price)"}
_COLUMNS = {"customer": "customer_id", "order_date": "order_date", "money": "amount"}
SHOWN_HEADERS = 30
LABELS = ("churn", "churned", "exited", "attrition", "is_churn", "流失", "是否流失")  # headers of a column that says who left


def check_names(pieces: Sequence[Piece], source: Source) -> None:
    """Raise where ``source.columns`` or ``source.tables`` name what does not exist, so that no typing error passes."""
    known = [column.name for column in ORDERS.columns]
    known += [column.name for table in READ.values() for column in table.columns if column.name not in known]
    for header, column in source.columns.items():
        if column not in (*known, UNUSED):
            raise ParamsError("params.yaml, section source.columns", f"{header} is given a column that does not exist", column,
                              f"The columns are {', '.join(dict.fromkeys(known))}, and {UNUSED}")  # fmt: skip
    headers = {normal(header) or header for piece in pieces for header in piece.headers}
    width = max((len(piece.headers) for piece in pieces), default=0)
    for header in source.columns:
        if normal(header) not in headers and not (header.isdigit() and 1 <= int(header) <= width):
            raise ParamsError("params.yaml, section source.columns", "no file of the source has this header", header,
                              "Write it as the file does, or take the line out")  # fmt: skip
    for name, table in source.tables.items():
        if table not in (*READ, UNUSED):
            raise ParamsError("params.yaml, section source.tables", f"{name} is given a table that does not exist", table,
                              f"The tables are {', '.join(READ)}, and {UNUSED}")  # fmt: skip
        if not any(told_table({name: table}, piece.name, piece.found.name, piece.sheet) for piece in pieces):
            raise ParamsError("params.yaml, section source.tables", "no file or sheet of the source has this name", name,
                              "Write it as the file or sheet is called, or take the line out")  # fmt: skip

def check_roles(pieces: Sequence[Piece], roles: Sequence[Role], source: Source) -> None:
    """Raise one error for the first file that cannot be read as it stands; it names everything that is open there."""
    pairs = list(zip(pieces, roles, strict=True))
    lines = [(piece, role) for piece, role in pairs if role.table in LINES]
    if not lines:
        raise _no_lines(pairs, source)
    has_headers = any(role.table == "order_headers" for _, role in pairs)
    for piece, role in lines:
        faults = [_fault(one) for one in role.headers.faults]
        missing = _missing(role, has_headers)
        if missing:
            faults.insert(0, _lacking(missing, piece, role))
        if faults:
            raise DataError(piece.name, "; ".join(what for what, _ in faults), None, "; ".join(remedy for _, remedy in faults))


def _missing(role: Role, has_headers: bool) -> list[str]:
    has = role.columns.keys()
    missing = [] if has_money(role.columns) else ["money"]
    if role.table == "order_lines" and has_headers:
        return missing
    if "order_date" not in has:
        missing.insert(0, "order_date")
    if not {"customer_id", "customer_name"} & has:
        missing.insert(0, "customer")
    return missing


def _lacking(missing: Sequence[str], piece: Piece, role: Role) -> tuple[str, str]:
    seen = [header.strip() for header in piece.headers if header.strip()]
    listed = ", ".join(seen[:SHOWN_HEADERS]) + (f" and {len(seen) - SHOWN_HEADERS} more" if len(seen) > SHOWN_HEADERS else "")
    what = f"no column for {' and '.join(_WORDS[one] for one in missing)}; the headers are {listed}"
    price = next((claim.header for claim in role.headers.claims if claim.column == "unit_price"), None)
    if list(missing) == ["money"] and price:
        return what, f"If each line is one unit, write source.columns: {{{price}: amount}} in params.yaml"
    example = ", ".join(f"your header: {_COLUMNS[one]}" for one in missing)
    label = next((header for header in seen if header.casefold() in LABELS), None)
    if "order_date" in missing and label:
        return what, (
            f"Column {label} makes it a labelled snapshot, one row a customer without dates: it cannot tell value, risk or warnings, "
            f"which need dated orders. What goes with {label} it can: ask analysis.churn.labelled.effects_of_label in a notebook"
        )
    return what, f"If one of them is meant, write source.columns: {{{example}}} in params.yaml; without it there is no order history to analyse"


def _fault(fault: Fault) -> tuple[str, str]:
    names = " and ".join(fault.headers)
    if fault.kind == "open_basis":
        return (f"column {names} could be amount with or without tax",
                "Set source.amount_basis to 'taxed' or 'untaxed' in params.yaml")  # fmt: skip
    if fault.kind == "both_bases":
        return (f"columns {names} are the amount with and without tax",
                "Set source.amount_basis to 'taxed' or 'untaxed' in params.yaml")  # fmt: skip
    return (f"columns {names} could each be {fault.column}",
            f"Write source.columns: {{{fault.headers[0]}: {fault.column}}} in params.yaml, or name the other one")  # fmt: skip


def _no_lines(pairs: Sequence[tuple[Piece, Role]], source: Source) -> DataError:
    """Nothing looks like order lines: say what comes nearest and what it lacks."""
    if not source.header:
        piece = max(pairs, key=lambda pair: len(pair[0].headers))[0]
        return DataError(piece.name, f"{len(piece.headers)} columns without headers, of which the order lines are not named", None,
                         'Write source.columns in params.yaml by position, as {"1": customer_id, "3": order_date, "5": amount}')  # fmt: skip
    readable = [(piece, role) for piece, role in pairs if piece.store is not None and piece.note != "empty"]
    if not readable:
        name = pairs[0][0].name if len(pairs) == 1 else f"{len(pairs)} files"
        return DataError(name, "nothing here can be read as a table", None,
                         "Export the order lines as CSV, XLSX or Parquet and set source.path to them")  # fmt: skip
    named = [(piece, role) for piece, role in readable if piece.note != "no_known_headers"]
    if not named:
        piece = readable[0][0]
        return DataError(piece.name, "no row with known headers among the first ones", None,
                         "Name the columns under source.columns in params.yaml, as {your header: customer_id}; if the file "
                         'starts with data, set source.header to false and name them by position, as {"1": customer_id}')  # fmt: skip
    return _nearest(named, source)


def _nearest(named: Sequence[tuple[Piece, Role]], source: Source) -> DataError:
    read_so = [(piece, role_of(piece.headers, piece.name, settled=source.columns, basis="taxed", told="orders")) for piece, _ in named]
    piece, role = max(read_so, key=lambda pair: (len(pair[1].columns), len(pair[0].headers)))
    what, remedy = _lacking(_missing(role, has_headers=False) or ["money"], piece, role)
    return DataError(piece.name, what, None, remedy)
