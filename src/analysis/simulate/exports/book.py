"""The lines on their way into the exports: which file takes them, under which number, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analysis.simulate.exports.layouts import Part, plan_parts
from analysis.simulate.world.world import LINE, RETURN_SEPARATE, SALE, World

NONE = ""
# Every kind of fault, and what a careful reader does with the line or the file: leave it out, keep it in the
# totals but apart from the customers, keep it with the right money, check a total by it, or ask somebody who knows.
# What cannot be found or told is like the good lines in all that the files show.
EXPECTED = {
    "duplicate": "reject",
    "dressed_duplicate": "reject",
    "overlap": "reject",
    "cancelled": "reject",
    "missing_customer": "reject",
    "unreadable_date": "reject",
    "unreadable_amount": "reject",
    "future_date": "reject",
    "zero_price": "reject",
    "negative_price": "reject",
    "free_sample": "reject",
    "postage": "reject",
    "adjustment": "reject",
    "test_line": "reject",
    "other_currency": "reject",
    "test_order": "apart",
    "walk_in": "apart",
    "full_width": "keep",
    "currency_sign": "keep",
    "late_arrival": "keep",
    "shared_order_id": "keep",
    "name_variant": "keep",
    "mixed_date": "keep",
    "return_negative": "keep",
    "return_typed": "keep",
    "return_separate": "keep",
    "bracket_negative": "keep",
    "text_na": "keep",
    "missing_cost": "keep",
    "gb18030": "keep",
    "excel_serial": "keep",
    "ten_thousands": "keep",
    "swapped_columns": "keep",
    "untaxed_year": "keep",
    "silent_untaxed": "cannot_tell",
    "total_row": "control",
    "subtotal_row": "control",
    "price_times_100": "suspect",
    "qty_times_100": "suspect",
    "qty_times_100_inside": "cannot_find",
    "split_id": "suspect",
    "merged_id": "suspect",
    "group_company": "suspect",
    "cost_unit": "suspect",
}
AS_WRITTEN = {kind for kind, expected in EXPECTED.items() if expected in ("suspect", "cannot_find", "cannot_tell")}
KEEPS_ITS_MONEY = {NONE, *AS_WRITTEN, *(kind for kind, expected in EXPECTED.items() if expected == "keep")}
KINDS = (NONE, *EXPECTED)
NO_TWIN = -1
NO_CUSTOMER = -1
NO_ACCOUNT = -1

# A line as exported. ``counts`` is the money in cents that belongs to net revenue, ``place`` orders
# the lines of a file, ``twin`` is the record repeated or given back, ``plus_years`` shifts the written date,
# ``account`` is the place whose number is written in place of the customer's own.
RECORD = np.dtype([
    *LINE.descr, ("part", np.int16), ("fault", np.int16), ("number", np.int32), ("twin", np.int64),
    ("place", np.float64), ("counts", np.int64), ("cancelled", np.bool_), ("plus_years", np.int16),
    ("account", np.int32),
])  # fmt: skip


@dataclass(frozen=True)
class Account:
    """A second number of a customer, opened on ``day``."""

    id: str
    name: str
    customer: int
    day: int


@dataclass
class Book:
    """All lines of all exports.

    Parameters
    ----------
    numbers : the order numbers that ``records["number"]`` points at.
    names : customers' names as the exports write them.
    cells : what is written instead of the regular content: field, then record, then text.
    accounts : second numbers of customers, at the places after the account for trying things out.
    merged : customers that are listed under the number of another.
    groups : the companies of each group, by their places.
    costs : cents that stand in the price list in place of a product's cost.
    """

    world: World
    parts: list[Part]
    records: np.ndarray
    numbers: list[str]
    names: list[str]
    cells: dict[str, dict[int, str]] = field(default_factory=dict)
    accounts: list[Account] = field(default_factory=list)
    merged: dict[int, int] = field(default_factory=dict)
    groups: list[list[int]] = field(default_factory=list)
    costs: dict[int, int] = field(default_factory=dict)

    @property
    def test_account(self) -> int:
        """Place of the account for trying things out, after the walk-in account."""
        return self.world.counter + 1

    def product(self, not_goods: str) -> int:
        """Place of something on a line that is no product."""
        return len(self.world.products.ids) + list(NOT_GOODS).index(not_goods)

    def write(self, field_name: str, record: int, text: str) -> None:
        """Put ``text`` into one cell in place of its regular content."""
        self.cells.setdefault(field_name, {})[int(record)] = text

    def mark(self, chosen: np.ndarray, kind: str) -> None:
        """Note the fault, and take the money out of the truth where it costs the line."""
        self.records["fault"][chosen] = KINDS.index(kind)
        if kind not in KEEPS_ITS_MONEY:
            self.records["counts"][chosen] = 0

    def add(self, rows: np.ndarray, kind: str) -> None:
        """Append ``rows``, which count for nothing."""
        rows["fault"], rows["counts"] = KINDS.index(kind), 0
        self.records = np.concatenate([self.records, rows])

    def number(self, prefix: str, day: int) -> int:
        """Place of a new order number of ``day``."""
        self.numbers.append(f"{prefix}{self.world.clock.short(day)}-{len(self.numbers):06d}")
        return len(self.numbers) - 1


# What stands on lines that sell nothing: product code, name in Chinese and in English exports.
NOT_GOODS = {
    "postage": ("运费", "运费", "Freight 运费"),
    "adjustment": ("调整01", "账务调整", "Adjustment 账务调整"),
    "test": ("TEST001", "测试商品", "TEST product"),
}


def open_book(world: World) -> Book:
    """Every purchase and return in the export that holds its day, with its order number, still clean."""
    clock, lines = world.clock, world.lines
    parts = plan_parts(clock.first, clock.last, world.preset.mess)
    records = np.zeros(len(lines), RECORD)
    for name in LINE.names:
        records[name] = lines[name]
    records["counts"], records["twin"] = lines["amount"], lines["of_line"]
    records["place"], records["account"] = np.arange(len(lines)), NO_ACCOUNT
    contract = np.append(world.customers.framework, False)[lines["customer"]]
    for place, part in enumerate(parts):
        first, last = (part.first - clock.first).days, (part.last - clock.first).days
        inside = (lines["day"] >= first) & (lines["day"] <= last)
        by_contract = contract if _has_ledger(parts, part) else np.zeros(len(lines), bool)
        records["part"][inside & (by_contract if part.ledger else ~by_contract)] = place
    book = Book(world, parts, records, [], list(world.customers.names))
    _number(book)
    in_time = np.lexsort((records["place"], records["minute"], records["day"]))
    records["place"][in_time] = np.arange(len(records))
    return book


def _has_ledger(parts: list[Part], part: Part) -> bool:
    return any(other.ledger and other.first.year == part.first.year for other in parts)


def _number(book: Book) -> None:
    """Number the orders within their day; a return in a later month gets a number of its own."""
    records = book.records
    days = records["day"][np.unique(records["order"][records["kind"] == SALE], return_index=True)[1]]
    within = np.arange(len(days)) - np.searchsorted(days, days)
    texts = [book.world.clock.short(day) for day in range(book.world.clock.days)]
    pairs = zip(days.tolist(), within.tolist(), strict=True)
    book.numbers = [f"SO{texts[day]}-{n + 1:03d}" for day, n in pairs]
    records["number"] = records["order"]
    for place in np.flatnonzero(records["kind"] == RETURN_SEPARATE):
        records["number"][place] = book.number("TH", int(records["day"][place]))
