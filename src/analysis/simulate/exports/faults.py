"""Every fault that is put into the exports; each takes lines that nothing else is wrong with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.simulate.exports import added_lines, identities, line_faults, slips
from analysis.simulate.exports.book import Book
from analysis.simulate.world.mess import Mess
from analysis.simulate.world.streams import stream

Fault = Callable[[Book, np.random.Generator, Mess], None]

# What adds lines comes after what changes them; lines that are there twice then carry their faults with them,
# and customers change their numbers and names on all their lines. What is usual for a customer is what the
# exports show under its number, so that the quantities out of range come last.
FAULTS: tuple[Fault, ...] = (
    line_faults.cancelled, line_faults.shared_order_id, line_faults.missing_customer, line_faults.future_date,
    line_faults.unreadable_date, line_faults.unreadable_amount, line_faults.zero_price, line_faults.negative_price,
    line_faults.full_width, line_faults.currency_sign, line_faults.late_arrival, slips.mixed_date,
    slips.price_times_100, slips.other_currency, slips.cost_unit, identities.groups,
    identities.name_variant, added_lines.free_sample, added_lines.postage, added_lines.adjustment,
    added_lines.test_line, added_lines.test_order, added_lines.duplicate, added_lines.dressed_duplicate,
    added_lines.overlap, identities.split_id, identities.merged_id, slips.qty_times_100,
)  # fmt: skip


def make_faults(book: Book) -> None:
    """Put all faults into ``book``, in a fixed order; each has random numbers of its own."""
    for fault in FAULTS:
        fault(book, stream(book.world.random_seed, f"fault {fault.__name__}"), book.world.preset.mess)
