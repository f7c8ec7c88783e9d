"""Faults in lines that are there: what they say is wrong, or dressed strangely."""

from __future__ import annotations

import numpy as np

from analysis.simulate.exports.book import NO_CUSTOMER, Book
from analysis.simulate.exports.picking import free_lines, share_of, some_of
from analysis.simulate.world.mess import Mess
from analysis.simulate.world.world import SALE

FUTURE_YEARS = 10
UNREADABLE_DATES = ("待定", "0000-00-00", "日期错误")
UNREADABLE_AMOUNTS = ("待核", "#REF!", "另议")
CURRENCY_SIGNS = ("¥{}", "￥{}")
MORE_SIGNS = ("{}元", "RMB {}", "CNY{}", " {} ", "￥ {}")
NOBODY = ("", "-", "无", "未知", "N/A", "--")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
SHARED_WITHIN_LINES = 60
LATE_DAYS = 12  # lines of the last days of a file come with the next one


def cancelled(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Whole orders that were called off and are still in the export, marked by their status."""
    records = book.records
    has_status = np.array(["status" in part.style.headers for part in book.parts])[records["part"]]
    whole = np.ones(records["order"].max() + 1, bool)
    whole[records["order"][~free_lines(book) | ~has_status]] = False
    orders = np.flatnonzero(whole)
    called_off = rng.permutation(orders)[: round(mess.cancelled * len(orders))]
    chosen = np.isin(records["order"], called_off)
    records["cancelled"][chosen] = True
    book.mark(chosen, "cancelled")


def shared_order_id(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Two customers' orders under one number."""
    records = book.records
    for place in some_of(rng, free_lines(book), mess.shared_order_ids).tolist():
        nearby = slice(place + 1, place + SHARED_WITHIN_LINES)
        other = (records["customer"][nearby] != records["customer"][place]) & free_lines(book)[nearby]
        other &= records["part"][nearby] == records["part"][place]
        if not other.any():
            continue
        partner = records["order"][nearby][np.argmax(other)]
        lines = np.flatnonzero((records["order"] == partner) & (records["kind"] == SALE))
        if free_lines(book)[lines].all() and free_lines(book)[place]:
            records["number"][lines] = records["number"][place]
            book.mark(lines, "shared_order_id")
            own = np.flatnonzero((records["order"] == records["order"][place]) & free_lines(book))
            book.mark(own, "shared_order_id")


def missing_customer(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Nobody wrote down who bought it."""
    chosen = share_of(rng, book, mess.missing_customer)
    book.records["customer"][chosen] = NO_CUSTOMER
    for n, place in enumerate(chosen.tolist() if mess.many_words else ()):
        book.write("customer_id", place, NOBODY[n % len(NOBODY)])
    book.mark(chosen, "missing_customer")


def future_date(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A slip in the year."""
    chosen = some_of(rng, free_lines(book), mess.future_date)
    book.records["plus_years"][chosen] = FUTURE_YEARS
    book.mark(chosen, "future_date")


def unreadable_date(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A date that no calendar knows."""
    chosen = some_of(rng, free_lines(book), mess.unreadable_date)
    for n, place in enumerate(chosen.tolist()):
        book.write("order_date", place, UNREADABLE_DATES[n % len(UNREADABLE_DATES)])
    book.mark(chosen, "unreadable_date")


def unreadable_amount(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A word in place of the money, in the price as in the amount that follows from it."""
    chosen = some_of(rng, free_lines(book), mess.unreadable_amount)
    for n, place in enumerate(chosen.tolist()):
        for name in ("unit_price", "amount"):
            book.write(name, place, UNREADABLE_AMOUNTS[n % len(UNREADABLE_AMOUNTS)])
    book.records["amount"][chosen] = 0
    book.mark(chosen, "unreadable_amount")


def zero_price(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A sale whose price was never entered."""
    chosen = some_of(rng, free_lines(book), mess.zero_price)
    book.records["price"][chosen] = book.records["amount"][chosen] = 0
    book.mark(chosen, "zero_price")


def negative_price(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A minus before the price of goods that went out."""
    chosen = some_of(rng, free_lines(book), mess.negative_price)
    book.records["price"][chosen] *= -1
    book.records["amount"][chosen] *= -1
    book.mark(chosen, "negative_price")


def _typed_by_hand(book: Book) -> np.ndarray:
    """Lines of the oldest system."""
    return np.array([part.style.encoding == "gb18030" for part in book.parts])[book.records["part"]]


def full_width(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A quantity typed with the wide digits of a Chinese keyboard."""
    old = _typed_by_hand(book)
    chosen = some_of(rng, free_lines(book) & old, mess.full_width * old.sum()) if old.any() else np.array([], int)
    for place in chosen.tolist():
        book.write("qty", place, str(book.records["qty"][place]).translate(FULL_WIDTH))
    book.mark(chosen, "full_width")


def currency_sign(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """An amount with ¥ before it, in either width."""
    old = _typed_by_hand(book)
    chosen = some_of(rng, free_lines(book) & old, mess.currency_sign * old.sum()) if old.any() else np.array([], int)
    signs = CURRENCY_SIGNS + (MORE_SIGNS if mess.many_words else ())
    for n, place in enumerate(chosen.tolist()):
        amount = book.records["amount"][place] / 100  # 100 cents
        text = signs[n % len(signs)].format(f"{amount:,.2f}")
        book.write("amount", place, text.translate(FULL_WIDTH) if mess.many_words and n % len(FULL_WIDTH) == 0 else text)
    book.mark(chosen, "currency_sign")


def late_arrival(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Lines of a file's last days that came in too late for it, and are in the next file."""
    records, parts = book.records, book.parts
    follows = {n: n + 1 for n in range(len(parts) - 1) if not (parts[n].ledger or parts[n + 1].ledger)}
    ends = np.array([(part.last - book.world.clock.first).days for part in parts])[records["part"]]
    late = (ends - records["day"] < LATE_DAYS) & np.isin(records["part"], list(follows)) & free_lines(book)
    if late.any():
        chosen = some_of(rng, late, mess.late_arrival * len(records))
        records["part"][chosen] += 1
        book.mark(chosen, "late_arrival")
