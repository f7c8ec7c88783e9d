"""Lines that should not be there: charges, gifts, trials, and lines that are there twice."""

from __future__ import annotations

import numpy as np

from analysis.simulate.exports.book import Book
from analysis.simulate.exports.identities import written_another_way
from analysis.simulate.exports.layouts import overlapping
from analysis.simulate.exports.picking import free_lines, in_two_files, share_of, some_of
from analysis.simulate.world.mess import Mess
from analysis.simulate.world.world import line_amount

POSTAGE_CENTS = (1_200, 6_000)
ADJUSTMENT_CENTS = (5_000, 50_000)
TEST_CENTS = 100
SAMPLE_SUFFIX = "(赠品)"
LATER_LINES = 300  # a line exported twice comes again at most so many lines later
BETWEEN = 0.5  # a place between two lines


def free_sample(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Something given along with an order."""
    rows = book.records[share_of(rng, book, mess.free_sample)].copy()
    rows["product"] = (rows["product"] + 1) % len(book.world.products.ids)
    rows["qty"], rows["price"], rows["discount_bp"], rows["amount"] = 1, 0, 0, 0
    rows["place"] += BETWEEN
    for n, product in enumerate(rows["product"].tolist(), start=len(book.records)):
        book.write("product_name", n, book.world.products.names[product] + SAMPLE_SUFFIX)
    book.add(rows, "free_sample")


def _charge(book: Book, rows: np.ndarray, what: str, cents: np.ndarray, qty: int) -> np.ndarray:
    """Make ``rows`` lines of something that is no product."""
    rows["product"], rows["qty"], rows["price"], rows["discount_bp"] = book.product(what), qty, cents, 0
    rows["amount"] = line_amount(rows["qty"], rows["price"], rows["discount_bp"])
    rows["place"] += BETWEEN
    return rows


def postage(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Freight on a line of its own."""
    rows = book.records[share_of(rng, book, mess.postage)].copy()
    rows = rows[np.unique(rows["order"], return_index=True)[1]]
    low, high = POSTAGE_CENTS
    cents = low + np.floor(rng.random(len(rows)) * (high - low) / 100).astype(np.int64) * 100  # whole units
    book.add(_charge(book, rows, "postage", cents, 1), "postage")


def adjustment(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """The bookkeeper's corrections, under numbers of their own."""
    rows = book.records[some_of(rng, free_lines(book), mess.adjustment)].copy()
    low, high = ADJUSTMENT_CENTS
    cents = low + np.floor(rng.random(len(rows)) * (high - low) / 100).astype(np.int64) * 100  # whole units
    rows["number"] = [book.number("TZ", day) for day in rows["day"].tolist()]
    book.add(_charge(book, rows, "adjustment", cents, -1), "adjustment")


def test_line(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A product that exists to try the till."""
    rows = book.records[some_of(rng, free_lines(book), mess.test_lines)].copy()
    rows = rows[np.unique(rows["order"], return_index=True)[1]]
    book.add(_charge(book, rows, "test", np.full(len(rows), TEST_CENTS), 1), "test_line")


def test_order(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Orders of an account that exists to try the system; of real products, at real prices."""
    rows = book.records[some_of(rng, free_lines(book), mess.test_orders)].copy()
    rows["customer"] = book.test_account
    rows["number"] = [book.number("SO", day) for day in rows["day"].tolist()]
    rows["place"] += BETWEEN
    book.add(rows, "test_order")


def duplicate(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """The same line once more, at once or some way further down."""
    chosen = share_of(rng, book, mess.duplicate)
    rows = book.records[chosen].copy()
    rows["twin"] = chosen
    further = np.floor(rng.random(len(rows)) * LATER_LINES) * (rng.random(len(rows)) < BETWEEN)
    rows["place"] += BETWEEN + further
    book.add(rows, "duplicate")


def dressed_duplicate(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """The same line once more, with its customer's name or its day written another way."""
    chosen = share_of(rng, book, mess.dressed_duplicate)
    rows = book.records[chosen].copy()
    rows["twin"] = chosen
    rows["place"] += BETWEEN
    for n, record in enumerate(range(len(book.records), len(book.records) + len(rows))):
        day = book.world.clock.date(int(rows["day"][n]))
        timed = book.parts[rows["part"][n]].style.dates == "with_time"
        if n % 2 or timed:  # 2: every other one
            book.write("customer_name", record, written_another_way(book.names[rows["customer"][n]], n))
        else:
            book.write("order_date", record, f"{day.year}年{day.month:02d}月{day.day:02d}日")
    book.add(rows, "dressed_duplicate")


def overlap(book: Book, rng: np.random.Generator, mess: Mess) -> None:  # noqa: ARG001
    """The first days of a quarter are also at the end of the file before, which was exported late."""
    pair = overlapping(book.parts)
    if pair is None:
        return
    chosen = np.flatnonzero(in_two_files(book))
    rows = book.records[chosen].copy()
    for cells in book.cells.values():
        for n, place in enumerate(chosen.tolist(), start=len(book.records)):
            if place in cells:
                cells[n] = cells[place]
    rows["twin"] = chosen
    book.records["part"][chosen] = pair[0]
    book.add(rows, "overlap")
