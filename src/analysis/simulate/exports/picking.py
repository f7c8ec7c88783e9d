"""Which lines a fault may fall on: those that nothing else is wrong with."""

from __future__ import annotations

import numpy as np

from analysis.simulate.exports.book import NO_TWIN, Book
from analysis.simulate.exports.layouts import overlapping
from analysis.simulate.world.world import SALE


def in_two_files(book: Book) -> np.ndarray:
    """Lines in the days that two files will both hold."""
    pair = overlapping(book.parts)
    if pair is None:
        return np.zeros(len(book.records), bool)
    start = (book.parts[pair[1]].first - book.world.clock.first).days
    day = book.records["day"] - start
    return (day >= 0) & (day < book.world.preset.mess.overlap_days) & (book.records["part"] == pair[1])


def free_lines(book: Book) -> np.ndarray:
    """Sales to customers that nothing is wrong with and of which nothing was given back."""
    records = book.records
    free = (records["kind"] == SALE) & (records["fault"] == 0) & (records["twin"] == NO_TWIN)
    free &= (records["customer"] >= 0) & (records["customer"] < book.world.counter) & ~in_two_files(book)
    free[records["twin"][records["twin"] != NO_TWIN]] = False
    return free


def some_of(rng: np.random.Generator, wanted: np.ndarray, count: float) -> np.ndarray:
    """Places of about ``count`` of the lines marked in ``wanted``, in their order."""
    places = np.flatnonzero(wanted)
    return np.sort(rng.permutation(places)[: max(1, round(count))] if count else places[:0])


def share_of(rng: np.random.Generator, book: Book, share: float) -> np.ndarray:
    """Places of free lines, as many as ``share`` of all lines."""
    return some_of(rng, free_lines(book), share * len(book.records))
