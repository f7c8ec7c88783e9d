"""Every fault that is put into the exports; each takes lines that nothing else is wrong with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.simulate.exports.book import NO_CUSTOMER, NO_TWIN, Book
from analysis.simulate.exports.layouts import OLD_CSV, overlapping
from analysis.simulate.world.presets import Mess
from analysis.simulate.world.streams import stream
from analysis.simulate.world.world import SALE, line_amount

FUTURE_YEARS = 10
POSTAGE_CENTS = (1_200, 6_000)
ADJUSTMENT_CENTS = (5_000, 50_000)
TEST_CENTS = 100
SAMPLE_SUFFIX = "(赠品)"
UNREADABLE_DATES = ("待定", "0000-00-00", "日期错误")
UNREADABLE_AMOUNTS = ("待核", "#REF!", "另议")
CURRENCY_SIGNS = ("¥", "￥")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
SHARED_WITHIN_LINES = 60
LATE_DAYS = 12  # lines of the last days of a file come with the next one
LATER_LINES = 300  # a line exported twice comes again at most so many lines later
BETWEEN = 0.5  # a place between two lines

Fault = Callable[[Book, np.random.Generator, Mess], None]


def make_faults(book: Book) -> None:
    """Put all faults into ``book``, in a fixed order; each has random numbers of its own."""
    for fault in FAULTS:
        fault(book, stream(book.world.random_seed, f"fault {fault.__name__}"), book.world.preset.mess)


def _window(book: Book) -> np.ndarray:
    """Lines in the days that two files will both hold."""
    pair = overlapping(book.parts)
    if pair is None:
        return np.zeros(len(book.records), bool)
    start = (book.parts[pair[1]].first - book.world.clock.first).days
    day = book.records["day"] - start
    return (day >= 0) & (day < book.world.preset.mess.overlap_days) & (book.records["part"] == pair[1])


def _free(book: Book) -> np.ndarray:
    """Sales to customers that nothing is wrong with and of which nothing was given back."""
    records = book.records
    free = (records["kind"] == SALE) & (records["fault"] == 0) & (records["twin"] == NO_TWIN)
    free &= (records["customer"] >= 0) & (records["customer"] < book.world.counter) & ~_window(book)
    free[records["twin"][records["twin"] != NO_TWIN]] = False
    return free


def _some(rng: np.random.Generator, wanted: np.ndarray, count: float) -> np.ndarray:
    """Places of about ``count`` of the lines marked in ``wanted``, in their order."""
    places = np.flatnonzero(wanted)
    return np.sort(rng.permutation(places)[: max(1, round(count))])


def _share(rng: np.random.Generator, book: Book, share: float) -> np.ndarray:
    return _some(rng, _free(book), share * len(book.records))


def cancelled(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Whole orders that were called off and are still in the export, marked by their status."""
    records = book.records
    has_status = np.array(["status" in part.style.headers for part in book.parts])[records["part"]]
    whole = np.ones(records["order"].max() + 1, bool)
    whole[records["order"][~_free(book) | ~has_status]] = False
    orders = np.flatnonzero(whole)
    called_off = rng.permutation(orders)[: round(mess.cancelled * len(orders))]
    chosen = np.isin(records["order"], called_off)
    records["cancelled"][chosen] = True
    book.mark(chosen, "cancelled")


def shared_order_id(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Two customers' orders under one number."""
    records = book.records
    for place in _some(rng, _free(book), mess.shared_order_ids).tolist():
        nearby = slice(place + 1, place + SHARED_WITHIN_LINES)
        other = (records["customer"][nearby] != records["customer"][place]) & _free(book)[nearby]
        other &= records["part"][nearby] == records["part"][place]
        if not other.any():
            continue
        partner = records["order"][nearby][np.argmax(other)]
        lines = np.flatnonzero((records["order"] == partner) & (records["kind"] == SALE))
        if _free(book)[lines].all() and _free(book)[place]:
            records["number"][lines] = records["number"][place]
            book.mark(lines, "shared_order_id")
            own = np.flatnonzero((records["order"] == records["order"][place]) & _free(book))
            book.mark(own, "shared_order_id")


def missing_customer(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Nobody wrote down who bought it."""
    chosen = _share(rng, book, mess.missing_customer)
    book.records["customer"][chosen] = NO_CUSTOMER
    book.mark(chosen, "missing_customer")


def future_date(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A slip in the year."""
    chosen = _some(rng, _free(book), mess.future_date)
    book.records["plus_years"][chosen] = FUTURE_YEARS
    book.mark(chosen, "future_date")


def unreadable_date(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A date that no calendar knows."""
    chosen = _some(rng, _free(book), mess.unreadable_date)
    for n, place in enumerate(chosen.tolist()):
        book.write("order_date", place, UNREADABLE_DATES[n % len(UNREADABLE_DATES)])
    book.mark(chosen, "unreadable_date")


def unreadable_amount(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A word in place of the money, in the price as in the amount that follows from it."""
    chosen = _some(rng, _free(book), mess.unreadable_amount)
    for n, place in enumerate(chosen.tolist()):
        for name in ("unit_price", "amount"):
            book.write(name, place, UNREADABLE_AMOUNTS[n % len(UNREADABLE_AMOUNTS)])
    book.records["amount"][chosen] = 0
    book.mark(chosen, "unreadable_amount")


def zero_price(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A sale whose price was never entered."""
    chosen = _some(rng, _free(book), mess.zero_price)
    book.records["price"][chosen] = book.records["amount"][chosen] = 0
    book.mark(chosen, "zero_price")


def negative_price(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A minus before the price of goods that went out."""
    chosen = _some(rng, _free(book), mess.negative_price)
    book.records["price"][chosen] *= -1
    book.records["amount"][chosen] *= -1
    book.mark(chosen, "negative_price")


def full_width(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A quantity typed with the wide digits of a Chinese keyboard."""
    old = np.array([part.style is OLD_CSV for part in book.parts])[book.records["part"]]
    chosen = _some(rng, _free(book) & old, mess.full_width * old.sum()) if old.any() else np.array([], int)
    for place in chosen.tolist():
        book.write("qty", place, str(book.records["qty"][place]).translate(FULL_WIDTH))
    book.mark(chosen, "full_width")


def currency_sign(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """An amount with ¥ before it, in either width."""
    old = np.array([part.style is OLD_CSV for part in book.parts])[book.records["part"]]
    chosen = _some(rng, _free(book) & old, mess.currency_sign * old.sum()) if old.any() else np.array([], int)
    for n, place in enumerate(chosen.tolist()):
        amount = book.records["amount"][place] / 100  # 100 cents
        book.write("amount", place, f"{CURRENCY_SIGNS[n % len(CURRENCY_SIGNS)]}{amount:,.2f}")
    book.mark(chosen, "currency_sign")


def late_arrival(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Lines of a file's last days that came in too late for it, and are in the next file."""
    records, parts = book.records, book.parts
    follows = {n: n + 1 for n in range(len(parts) - 1) if not (parts[n].ledger or parts[n + 1].ledger)}
    ends = np.array([(part.last - book.world.clock.first).days for part in parts])[records["part"]]
    late = (ends - records["day"] < LATE_DAYS) & np.isin(records["part"], list(follows)) & _free(book)
    if late.any():
        chosen = _some(rng, late, mess.late_arrival * len(records))
        records["part"][chosen] += 1
        book.mark(chosen, "late_arrival")


def free_sample(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Something given along with an order."""
    rows = book.records[_share(rng, book, mess.free_sample)].copy()
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
    rows = book.records[_share(rng, book, mess.postage)].copy()
    rows = rows[np.unique(rows["order"], return_index=True)[1]]
    low, high = POSTAGE_CENTS
    cents = low + np.floor(rng.random(len(rows)) * (high - low) / 100).astype(np.int64) * 100  # whole units
    book.add(_charge(book, rows, "postage", cents, 1), "postage")


def adjustment(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """The bookkeeper's corrections, under numbers of their own."""
    rows = book.records[_some(rng, _free(book), mess.adjustment)].copy()
    low, high = ADJUSTMENT_CENTS
    cents = low + np.floor(rng.random(len(rows)) * (high - low) / 100).astype(np.int64) * 100  # whole units
    rows["number"] = [book.number("TZ", day) for day in rows["day"].tolist()]
    book.add(_charge(book, rows, "adjustment", cents, -1), "adjustment")


def test_line(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A product that exists to try the till."""
    rows = book.records[_some(rng, _free(book), mess.test_lines)].copy()
    book.add(_charge(book, rows, "test", np.full(len(rows), TEST_CENTS), 1), "test_line")


def test_order(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Orders of an account that exists to try the system; of real products, at real prices."""
    rows = book.records[_some(rng, _free(book), mess.test_orders)].copy()
    rows["customer"] = book.test_account
    rows["number"] = [book.number("SO", day) for day in rows["day"].tolist()]
    rows["place"] += BETWEEN
    book.add(rows, "test_order")


def duplicate(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """The same line once more, at once or some way further down."""
    chosen = _share(rng, book, mess.duplicate)
    rows = book.records[chosen].copy()
    rows["twin"] = chosen
    further = np.floor(rng.random(len(rows)) * LATER_LINES) * (rng.random(len(rows)) < BETWEEN)
    rows["place"] += BETWEEN + further
    book.add(rows, "duplicate")


def overlap(book: Book, rng: np.random.Generator, mess: Mess) -> None:  # noqa: ARG001
    """The first days of a quarter are also at the end of the file before, which was exported late."""
    pair = overlapping(book.parts)
    if pair is None:
        return
    chosen = np.flatnonzero(_window(book))
    rows = book.records[chosen].copy()
    for cells in book.cells.values():
        for n, place in enumerate(chosen.tolist(), start=len(book.records)):
            if place in cells:
                cells[n] = cells[place]
    rows["twin"] = chosen
    book.records["part"][chosen] = pair[0]
    book.add(rows, "overlap")


FAULTS: tuple[Fault, ...] = (
    cancelled, shared_order_id, missing_customer, future_date, unreadable_date, unreadable_amount, zero_price,
    negative_price, full_width, currency_sign, late_arrival, free_sample, postage, adjustment, test_line,
    test_order, duplicate, overlap,
)  # fmt: skip
