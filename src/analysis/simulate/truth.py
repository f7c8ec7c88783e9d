"""What is behind the exports: every fault with its place, the customers as they are, and the exact totals."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.simulate.book import EXPECTED, KEEPS_ITS_MONEY, KINDS, NO_TWIN, Book
from analysis.simulate.cells import (
    CENTS,
    CENTS_OF_TEN_THOUSAND,
    SPECIAL_ACCOUNTS,
    columns_of,
    shown_amounts,
    typed_returns,
)
from analysis.simulate.exports import PRODUCTS_FILE, PRODUCTS_SHEET, Written
from analysis.simulate.names import INDUSTRIES, NAME_OF_NOBODY, REGIONS
from analysis.simulate.world import RETURN_SAME, RETURN_SEPARATE, SALE

E4_PER_CENT = 100  # ten-thousandths of the currency
DIGITS = 10
FIRST_ROW_OF_LIST = 2  # under the header
MANIFEST = (
    "kind", "expected", "file", "sheet", "row", "order_id", "customer_id", "amount_e4", "true_amount_e4",
    "twin_file", "twin_sheet", "twin_row",
)  # fmt: skip


def write_truth(folder: Path, book: Book, written: Written) -> None:
    """``fault_manifest.csv``, ``true_customer.parquet`` and ``true_totals.json`` into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    found = sorted(
        _manifest(book, written), key=lambda row: (row["kind"], row["file"], row["sheet"], row["row"])
    )
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, MANIFEST, lineterminator="\n")
    table.writeheader()
    table.writerows(found)
    (folder / "fault_manifest.csv").write_bytes(text.getvalue().encode())
    totals = json.dumps(_totals(book, written, found), ensure_ascii=False, indent=1)
    (folder / "true_totals.json").write_bytes(totals.encode() + b"\n")
    pq.write_table(_customers(book), folder / "true_customer.parquet", compression="zstd", store_schema=False)


def _manifest(book: Book, written: Written) -> Iterator[dict[str, Any]]:
    ids = _order_and_customer_ids(book)
    shown = (shown_amounts(book) * E4_PER_CENT).tolist()
    counts = (book.records["counts"] * E4_PER_CENT).tolist()
    twins = book.records["twin"].tolist()
    for kind, places in _places(book).items():
        for place in places.tolist():
            twin = _place(book, written, twins[place])
            yield {
                "kind": kind, "expected": EXPECTED[kind], **_place(book, written, place),
                "order_id": ids["order_id"][place], "customer_id": ids["customer_id"][place],
                "amount_e4": shown[place], "true_amount_e4": counts[place],
                **{f"twin_{name}": value for name, value in twin.items()},
            }  # fmt: skip
    empty = dict.fromkeys(MANIFEST, "")
    for part, row in written.total_row.items():
        yield {
            **empty, "kind": "total_row", "expected": EXPECTED["total_row"], "row": row,
            "file": book.parts[part].file, "sheet": book.parts[part].sheet,
            "amount_e4": written.total_cents[part] * E4_PER_CENT, "true_amount_e4": 0,
        }  # fmt: skip
    for product in np.flatnonzero(~book.world.products.cost_is_entered).tolist():
        yield {
            **empty, "kind": "missing_cost", "expected": EXPECTED["missing_cost"],
            "file": PRODUCTS_FILE, "sheet": PRODUCTS_SHEET, "row": product + FIRST_ROW_OF_LIST,
            "amount_e4": 0, "true_amount_e4": 0,
        }  # fmt: skip


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
    original = np.array([KINDS[fault] not in ("duplicate", "overlap") for fault in records["fault"].tolist()])
    typed = typed_returns(book)
    north_america = np.append(people.region == list(REGIONS).index("NA"), [False, False, False])
    north_america |= np.append([name == NAME_OF_NOBODY for name in people.names], [False, False, False])
    brackets = np.array([part.style.brackets for part in book.parts])[records["part"]]
    found = {kind: records["fault"] == number for number, kind in enumerate(KINDS) if number}
    found |= {
        "return_typed": original & typed,
        "return_negative": original & (records["kind"] == RETURN_SAME) & ~typed,
        "return_separate": original & (records["kind"] == RETURN_SEPARATE),
        "bracket_negative": brackets & (shown_amounts(book) < 0),
        "text_na": north_america[records["customer"]],
        "walk_in": records["customer"] == book.world.counter,
    }
    return {kind: np.flatnonzero(mask) for kind, mask in found.items()}


def good_lines(book: Book) -> np.ndarray:
    """Lines that a perfect cleaning keeps, those of the walk-in account among them."""
    keeps = np.array([kind in KEEPS_ITS_MONEY for kind in KINDS])
    return keeps[book.records["fault"]]


def _totals(book: Book, written: Written, found: list[dict[str, Any]]) -> dict[str, Any]:
    world, records, good = book.world, book.records, good_lines(book)
    counter, test = (account[0] for account in SPECIAL_ACCOUNTS.values())
    counts, who = records["counts"] * E4_PER_CENT, records["customer"]
    ids = [*world.customers.ids, counter]
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
            "customers_e4": int(by_customer[:-1].sum()),
            "walk_in_e4": int(by_customer[-1]),
        },
        "test_account_e4": int(records["amount"][tested].sum()) * E4_PER_CENT,
        "net_revenue_by_month_e4": dict(sorted(months.items())),
        "net_revenue_by_customer_e4": dict(zip(ids, by_customer.tolist(), strict=True)),
    }  # fmt: skip


def _files(book: Book, written: Written) -> list[dict[str, Any]]:
    shown = shown_amounts(book) * E4_PER_CENT
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


def _customers(book: Book) -> pa.Table:
    """Everything about each customer that no export tells, and what a perfect cleaning would find of it."""
    world, people = book.world, book.world.customers
    n, clock = len(people.ids), world.clock
    lines = book.records[good_lines(book) & (book.records["customer"] < world.counter)]
    who, sold = lines["customer"], lines["kind"] == SALE
    cost = lines["qty"] * world.products.cost[lines["product"]]
    days = np.unique(who[sold].astype(np.int64) * clock.days + lines["day"][sold])
    first = np.full(n, clock.days)
    np.minimum.at(first, who[sold], lines["day"][sold])
    last = np.full(n, -1)
    np.maximum.at(last, who[sold], lines["day"][sold])

    def total(money: np.ndarray) -> np.ndarray:
        sums = np.zeros(n, np.int64)
        np.add.at(sums, who, money)
        return sums * E4_PER_CENT

    gone = world.left_on < clock.days
    return pa.table({
        "customer_id": people.ids,
        "customer_name": people.names,
        "segment": [world.preset.segments[place].name for place in people.segment],
        "region": [list(REGIONS)[place] for place in people.region],
        "industry": [list(INDUSTRIES)[place] for place in people.industry],
        "employees": people.employees.astype(np.int64),
        "wallet_yearly": _short(people.wallet_yearly),
        "wallet_share": _short(people.wallet_share),
        "orders_yearly": _short(people.orders_yearly),
        "regularity": people.regularity,
        "order_value": _short(people.order_value),
        "discount": _short(people.discount_bp / 10_000),  # basis points
        "returned": people.returned,
        "orders_once": people.once,
        "framework": people.framework,
        "known_before": people.known_before,
        "registered_on": [clock.date(day) for day in people.registered],
        "left_on": [clock.date(day) if out else None for day, out in zip(world.left_on, gone, strict=True)],
        "purchase_days": np.bincount(days // clock.days, minlength=n),
        "sale_lines": np.bincount(who[sold], minlength=n),
        "first_purchase": [clock.date(day) if day < clock.days else None for day in first],
        "last_purchase": [clock.date(day) if day >= 0 else None for day in last],
        "revenue_e4": total(lines["counts"]),
        "contribution_e4": total(lines["counts"] - cost),
    })  # fmt: skip


def _short(values: np.ndarray) -> list[float]:
    """To ten significant digits: the last bits are the processor's."""
    return [float(f"{value:.{DIGITS}g}") for value in values.tolist()]
