"""Slips of the hand that leave a line readable: another form of date, a lost decimal point, another unit."""

from __future__ import annotations

import numpy as np

from analysis.simulate.exports.book import KEEPS_ITS_MONEY, KINDS, NO_ACCOUNT, NO_CUSTOMER, Book
from analysis.simulate.exports.cells import DATE_FORMS, EXCEL_DAY_ZERO
from analysis.simulate.exports.layouts import DateForm
from analysis.simulate.exports.line_faults import FULL_WIDTH
from analysis.simulate.exports.picking import free_lines, share_of, some_of
from analysis.simulate.world.mess import Mess
from analysis.simulate.world.world import SALE, line_amount

HUNDRED = 100
OUTSIDE = 10  # an amount so many times the largest of its kind cannot be meant
OWN_OTHERS, ALL_OTHERS = 3, 20  # what is usual shows in so many other purchases, one's own or everybody's
CENTS_OF_DOLLAR = 7  # yuan
CASE = 24  # pieces
# Forms that are one and the same day to every reader, whatever the form of the file.
PLAIN_FORMS: tuple[DateForm, ...] = ("iso", "slash", "compact", "chinese", "serial", "with_time")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def mixed_date(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Another form of date than the file's, as where somebody has typed it or a spreadsheet has kept its number."""
    chosen = share_of(rng, book, mess.mixed_date)
    records, clock = book.records, book.world.clock
    for n, place in enumerate(chosen.tolist()):
        own = book.parts[records["part"][place]].style.dates
        forms = [form for form in PLAIN_FORMS if form not in (own, "serial" if own == "excel" else own)]
        turn = n % (len(forms) + 4 if mess.many_words else len(forms) + 1)  # 4: those that have no form of their own
        date = clock.date(int(records["day"][place]))
        if turn >= len(forms):
            text = (
                f"{date.day}-{MONTHS[date.month - 1]}-{date.year}",
                f"{date.year}.{date.month}.{date.day}",
                f"{date.year}/{date.month}/{date.day} 0:00",
                f"{date.year}年{date.month}月{date.day}日".translate(FULL_WIDTH),
            )[turn - len(forms)]
        elif forms[turn] == "serial":
            text = str((date - EXCEL_DAY_ZERO).days)
        else:
            text = DATE_FORMS[forms[turn]].format(date.year, date.month, date.day)
            text += " 09:30" if forms[turn] == "with_time" else ""
        book.write("order_date", place, text)
    book.mark(chosen, "mixed_date")


def price_times_100(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A price without its decimal point; prices of one product lie so near to each other that it can be seen."""
    records = book.records
    chosen = some_of(rng, free_lines(book), mess.price_times_100)
    chosen = chosen[np.unique(records["product"][chosen], return_index=True)[1]]
    records["price"][chosen] *= HUNDRED
    _reckon(book, chosen)
    book.mark(chosen, "price_times_100")


def qty_times_100(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A quantity without its decimal point: 3.00 became 300.

    It can be found only where it lies far outside of what the customer usually takes of the product, or, where
    that is not known, of what everybody does; inside, no reader can tell it from a large order.
    """
    records = book.records
    chosen = some_of(rng, free_lines(book), mess.qty_times_100)
    shown = np.where(records["account"] == NO_ACCOUNT, records["customer"], records["account"])
    pair = shown.astype(np.int64) * len(book.world.products.ids) + records["product"]
    chosen = chosen[np.unique(pair[chosen], return_index=True)[1]]
    counted = np.isin(records["fault"], [KINDS.index(kind) for kind in KEEPS_ITS_MONEY])
    sold = (records["kind"] == SALE) & counted & (records["customer"] != NO_CUSTOMER)
    records["qty"][chosen] *= HUNDRED
    _reckon(book, chosen)
    for place in chosen.tolist():
        own, everybody = sold & (pair == pair[place]), sold & (records["product"] == records["product"][place])
        own[place] = everybody[place] = False
        seen = [
            records["qty"][place] > OUTSIDE * records["qty"][others].max()
            for others, enough in ((own, OWN_OTHERS), (everybody, ALL_OTHERS))
            if others.sum() >= enough
        ]
        book.mark(np.array([place]), "qty_times_100" if any(seen) else "qty_times_100_inside")


def _reckon(book: Book, chosen: np.ndarray) -> None:
    """The amount follows from quantity and price."""
    rows = book.records[chosen]
    book.records["amount"][chosen] = line_amount(rows["qty"], rows["price"], rows["discount_bp"])


def other_currency(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Lines in dollars in a file that is otherwise in yuan; the column currency says so."""
    named = np.array(["currency" in part.style.headers for part in book.parts])[book.records["part"]]
    chosen = some_of(rng, free_lines(book) & named, mess.other_currency * named.sum())
    book.records["price"][chosen] = np.maximum(book.records["price"][chosen] // CENTS_OF_DOLLAR, 1)
    _reckon(book, chosen)
    book.mark(chosen, "other_currency")


def cost_unit(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """The cost of a whole case in the price list, where the price is that of a piece."""
    products = book.world.products
    entered = np.flatnonzero(products.cost_is_entered)
    for product in np.sort(rng.permutation(entered)[: mess.cost_unit]).tolist():
        book.costs[product] = int(products.cost[product]) * CASE
