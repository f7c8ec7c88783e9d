"""How dirty the exports of a made-up world are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mess:
    """Faults in the exports: parts of the good lines, or counts.

    Parameters
    ----------
    overlap_days : first days of a quarter that the file before holds too.
    name_variant : part of the lines whose customer's name is written another way.
    mixed_date : part of the lines whose date is in another form than its file's, but can only be one day.
    other_currency : part of the lines of one file that are in dollars.
    qty_times_100, price_times_100 : lines whose quantity or price was typed without its decimal point.
    split_ids : customers that get a second number in the middle of the history.
    merged_ids : customers that lose their number to another customer's.
    groups : parent companies with branches of their own.
    cost_unit : products whose cost is that of a whole case.
    swapped_columns : the months of one system do not agree on the order of the columns.
    dressed_duplicate : part of the lines that are there twice, the second time written another way.
    many_words : cancelled, returned, in sum and nobody are said in many words.
    subtotals : rows 小计 after every month of the oldest files.
    untaxed_year : one year's amounts are without tax, and say so.
    silent_untaxed : one file's amounts are without tax, and nothing says so.
    """

    duplicate: float
    cancelled: float
    missing_customer: float
    free_sample: float
    postage: float
    full_width: float
    currency_sign: float
    late_arrival: float
    return_separate: float
    future_date: int
    unreadable_date: int
    unreadable_amount: int
    zero_price: int
    negative_price: int
    adjustment: int
    test_orders: int
    test_lines: int
    shared_order_ids: int
    overlap_days: int
    dressed_duplicate: float = 0.0
    name_variant: float = 0.0
    mixed_date: float = 0.0
    other_currency: float = 0.0
    qty_times_100: int = 0
    price_times_100: int = 0
    split_ids: int = 0
    merged_ids: int = 0
    groups: int = 0
    cost_unit: int = 0
    swapped_columns: bool = False
    many_words: bool = False
    subtotals: bool = False
    untaxed_year: bool = False
    silent_untaxed: bool = False


SOME = Mess(
    duplicate=0.004,
    cancelled=0.012,
    missing_customer=0.003,
    free_sample=0.002,
    postage=0.006,
    full_width=0.006,
    currency_sign=0.01,
    late_arrival=0.002,
    return_separate=0.35,
    future_date=9,
    unreadable_date=10,
    unreadable_amount=8,
    zero_price=15,
    negative_price=8,
    adjustment=10,
    test_orders=6,
    test_lines=12,
    shared_order_ids=14,
    overlap_days=7,
    name_variant=0.004,
    mixed_date=0.002,
    groups=4,
    swapped_columns=True,
)
MOST = Mess(
    duplicate=0.03,
    cancelled=0.06,
    missing_customer=0.02,
    free_sample=0.02,
    postage=0.03,
    full_width=0.05,
    currency_sign=0.05,
    late_arrival=0.02,
    return_separate=0.5,
    future_date=40,
    unreadable_date=40,
    unreadable_amount=40,
    zero_price=60,
    negative_price=40,
    adjustment=40,
    test_orders=40,
    test_lines=40,
    shared_order_ids=14,
    overlap_days=14,
    dressed_duplicate=0.01,
    name_variant=0.04,
    mixed_date=0.04,
    other_currency=0.05,
    qty_times_100=40,
    price_times_100=20,
    split_ids=12,
    merged_ids=8,
    groups=8,
    cost_unit=6,
    swapped_columns=True,
    many_words=True,
    subtotals=True,
    untaxed_year=True,
    silent_untaxed=True,
)
