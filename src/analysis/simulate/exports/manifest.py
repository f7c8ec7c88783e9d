"""Every fault that was put into the exports, with its place, and the exact totals of what is good."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from analysis.simulate.exports.book import (
    AS_WRITTEN,
    EXPECTED,
    KEEPS_ITS_MONEY,
    KINDS,
    NO_ACCOUNT,
    NO_TWIN,
    Book,
)
from analysis.simulate.exports.cells import (
    CENTS,
    CENTS_OF_TEN_THOUSAND,
    E4_PER_CENT,
    SPECIAL_ACCOUNTS,
    account_ids,
    columns_of,
    customer_rows,
    shown_e4,
    typed_returns,
)
from analysis.simulate.exports.files import CUSTOMERS_FILE, PRODUCTS_FILE, PRODUCTS_SHEET, Written
from analysis.simulate.world.names import NAME_OF_NOBODY, REGIONS
from analysis.simulate.world.world import RETURN_SAME, RETURN_SEPARATE, SALE

FIRST_ROW_OF_LIST = 2  # under the header
MANIFEST = (
    "kind", "expected", "file", "sheet", "row", "order_id", "customer_id", "amount_e4", "true_amount_e4",
    "kept_amount_e4", "twin_file", "twin_sheet", "twin_row",
)  # fmt: skip


def fault_manifest(book: Book, written: Written) -> Iterator[dict[str, Any]]:
    """One row a fault, in the columns of ``MANIFEST``."""
    ids = _order_and_customer_ids(book)
    shown = shown_e4(book).tolist()
    kept = kept_e4(book).tolist()
    counts = (book.records["counts"] * E4_PER_CENT).tolist()
    twins = book.records["twin"].tolist()
    for kind, places in _places(book).items():
        for place in places.tolist():
            twin = _place(book, written, twins[place])
            yield {
                "kind": kind, "expected": EXPECTED[kind], **_place(book, written, place),
                "order_id": ids["order_id"][place], "customer_id": ids["customer_id"][place],
                "amount_e4": shown[place], "true_amount_e4": counts[place], "kept_amount_e4": kept[place],
                **{f"twin_{name}": value for name, value in twin.items()},
            }  # fmt: skip
    yield from _total_rows(book, written)
    yield from _listed(book)
    yield from _whole_files(book)


def _row(kind: str, file: str, sheet: str, row: int, **cells: Any) -> dict[str, Any]:
    """A row of the manifest that is about no line."""
    money = dict.fromkeys(("amount_e4", "true_amount_e4", "kept_amount_e4"), 0)
    return {
        **dict.fromkeys(MANIFEST, ""), **money, "kind": kind, "expected": EXPECTED[kind], "file": file,
        "sheet": sheet, "row": row, **cells,
    }  # fmt: skip


def _total_rows(book: Book, written: Written) -> Iterator[dict[str, Any]]:
    totals = [("total_row", part, row, written.total_e4[part]) for part, row in written.total_row.items()]
    for kind, part, row, money in [*totals, *(("subtotal_row", *one) for one in written.subtotals)]:
        yield _row(kind, book.parts[part].file, book.parts[part].sheet, row, amount_e4=money)


def _listed(book: Book) -> Iterator[dict[str, Any]]:
    """What is odd about customers and products, at their rows in the lists."""
    for product in np.flatnonzero(~book.world.products.cost_is_entered).tolist():
        yield _row("missing_cost", PRODUCTS_FILE, PRODUCTS_SHEET, product + FIRST_ROW_OF_LIST)
    for product in book.costs:
        yield _row("cost_unit", PRODUCTS_FILE, PRODUCTS_SHEET, product + FIRST_ROW_OF_LIST)
    ids = book.world.customers.ids
    at = {row[0]: n for n, row in enumerate(customer_rows(book), start=FIRST_ROW_OF_LIST)}

    def customer(kind: str, own: str, other: str) -> dict[str, Any]:
        return _row(kind, CUSTOMERS_FILE, "", at[own], customer_id=own, twin_file=CUSTOMERS_FILE, twin_row=at[other])

    for account in book.accounts:
        yield customer("split_id", account.id, ids[account.customer])
    for kept in sorted(book.merged.values()):
        yield customer("merged_id", ids[kept], ids[kept])
    for members in book.groups:
        for member in members:
            yield customer("group_company", _number(book, member), _number(book, members[0]))


def _number(book: Book, customer: int) -> str:
    return book.world.customers.ids[book.merged.get(customer, customer)]


def _whole_files(book: Book) -> Iterator[dict[str, Any]]:
    """What is odd about all lines of a file, at its header."""
    usual = {field: n for n, field in enumerate(next(p for p in book.parts if p.style.english).style.headers)}
    for part in book.parts:
        style = part.style
        order = [usual[name] for name in style.headers if name in usual]
        odd = {
            "gb18030": style.encoding == "gb18030",
            "excel_serial": style.dates in ("serial", "excel"),
            "ten_thousands": style.ten_thousands,
            "swapped_columns": style.english and order != sorted(order),
            "untaxed_year": style.untaxed and not style.silent,
            "silent_untaxed": style.untaxed and style.silent,
        }
        for kind in (kind for kind, found in odd.items() if found):
            yield _row(kind, part.file, part.sheet, style.title_rows + 1)


def kept_e4(book: Book) -> np.ndarray:
    """Money by record that a perfect cleaning keeps: the true money, or what is written where nobody can know."""
    records = book.records
    silent = np.array([part.style.untaxed and part.style.silent for part in book.parts])[records["part"]]
    as_written = np.array([kind in AS_WRITTEN for kind in KINDS])[records["fault"]] | silent
    kept = np.where(as_written & good_lines(book), read_e4(book), records["counts"] * E4_PER_CENT)
    return np.where(records["customer"] == book.test_account, 0, kept)


def read_e4(book: Book) -> np.ndarray:
    """Money by record as a careful reader reads it: with its sign, and with the tax where its absence can be told."""
    silent = np.array([part.style.untaxed and part.style.silent for part in book.parts])[book.records["part"]]
    written = np.where(typed_returns(book), -shown_e4(book), shown_e4(book))
    return np.where(silent, written, book.records["amount"] * E4_PER_CENT)


def _place(book: Book, written: Written, record: int) -> dict[str, str | int]:
    if record == NO_TWIN:
        return {"file": "", "sheet": "", "row": ""}
    part = book.parts[book.records["part"][record]]
    return {"file": part.file, "sheet": part.sheet, "row": int(written.row[record])}


def _order_and_customer_ids(book: Book) -> dict[str, list[Any]]:
    """Order and customer of every record as the exports show them."""
    shown: dict[str, list[Any]] = {
        "order_id": [""] * len(book.records),
        "customer_id": [""] * len(book.records),
    }
    for part in range(len(book.parts)):
        chosen = np.flatnonzero(book.records["part"] == part)
        columns = columns_of(book, part, chosen)
        for name, cells in shown.items():
            for place, cell in zip(chosen.tolist(), columns[name], strict=True):
                cells[place] = cell
    return shown


def _places(book: Book) -> dict[str, np.ndarray]:
    """The records of each kind: those that were put in, and those that follow from what happened."""
    records, people = book.records, book.world.customers
    original = np.array([KINDS[fault] not in ("duplicate", "dressed_duplicate", "overlap") for fault in records["fault"].tolist()])
    typed = typed_returns(book)
    north_america = np.append(people.region == list(REGIONS).index("NA"), [False, False, False])
    north_america |= np.append([name == NAME_OF_NOBODY for name in people.names], [False, False, False])
    brackets = np.array([part.style.brackets for part in book.parts])[records["part"]]
    found = {kind: records["fault"] == number for number, kind in enumerate(KINDS) if number}
    found |= {
        "return_typed": original & typed,
        "return_negative": original & (records["kind"] == RETURN_SAME) & ~typed,
        "return_separate": original & (records["kind"] == RETURN_SEPARATE),
        "bracket_negative": brackets & (shown_e4(book) < 0),
        "text_na": north_america[records["customer"]],
        "walk_in": records["customer"] == book.world.counter,
    }
    return {kind: np.flatnonzero(mask) for kind, mask in found.items()}


def good_lines(book: Book) -> np.ndarray:
    """Lines that a perfect cleaning keeps, those of the walk-in account among them."""
    keeps = np.array([kind in KEEPS_ITS_MONEY for kind in KINDS])
    return keeps[book.records["fault"]]


def true_totals(book: Book, written: Written, found: list[dict[str, Any]]) -> dict[str, Any]:
    """Sums that a perfect cleaning ends with, and how often each kind of fault occurs."""
    world, records, good = book.world, book.records, good_lines(book)
    counter, test = (account[0] for account in SPECIAL_ACCOUNTS.values())
    counts, shown = kept_e4(book), records["customer"]
    who = np.where(records["account"] == NO_ACCOUNT, shown, records["account"])
    ids = account_ids(book)
    by_customer = np.zeros(len(ids), np.int64)
    np.add.at(by_customer, who[good], counts[good])
    months: dict[str, dict[str, int]] = {}
    for day, customer, money in zip(
        records["day"][good].tolist(), who[good].tolist(), counts[good].tolist(), strict=True
    ):
        month = months.setdefault(
            world.clock.date(day).isoformat()[:7], {"customers": 0, "walk_in": 0}
        )  # 2026-09
        month["walk_in" if customer == world.counter else "customers"] += money
    tested = records["fault"] == KINDS.index("test_order")
    kinds: dict[str, dict[str, int]] = {kind: {"lines": 0, "amount_e4": 0} for kind in EXPECTED}
    for row in found:
        kinds[row["kind"]]["lines"] += 1
        kinds[row["kind"]]["amount_e4"] += row["amount_e4"]
    return {
        "world": {
            "random_seed": world.random_seed, "customers": len(world.customers.ids),
            "first_day": world.clock.first.isoformat(), "last_day": world.clock.last.isoformat(),
            "last_complete_day": world.preset.last_complete.isoformat(),
        },
        "accounts": {"walk_in": counter, "test": test},
        "files": _files(book, written),
        "faults": kinds,
        "good_lines": {
            "lines": int(good.sum()),
            "returns": int((good & (records["kind"] != SALE)).sum()),
            "customers_e4": int(by_customer.sum() - by_customer[world.counter]),
            "walk_in_e4": int(by_customer[world.counter]),
        },
        "test_account_e4": int(records["amount"][tested].sum()) * E4_PER_CENT,
        "net_revenue_by_month_e4": dict(sorted(months.items())),
        "net_revenue_by_customer_e4": {
            number: money for number, money in zip(ids, by_customer.tolist(), strict=True) if number != test
        },
    }  # fmt: skip


def _files(book: Book, written: Written) -> list[dict[str, Any]]:
    shown = shown_e4(book)
    return [
        {
            "file": part.file, "sheet": part.sheet, "header_row": part.style.title_rows + 1,
            "encoding": part.style.encoding, "dates": part.style.dates,
            "unit": CENTS_OF_TEN_THOUSAND // CENTS if part.style.ten_thousands else 1,
            "lines": int((book.records["part"] == number).sum()),
            "total_row": written.total_row.get(number),
            "amount_e4": int(shown[book.records["part"] == number].sum()),
        }
        for number, part in enumerate(book.parts)
    ]  # fmt: skip
