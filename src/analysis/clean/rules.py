"""F1: the rules of the cleaning in the order in which they are applied."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Rule(NamedTuple):
    """A rule that decides on a line; the first one that applies is the line's."""

    name: str
    action: Literal["remove", "set_aside"]


RULES = (
    Rule("unreadable_line", "remove"),
    Rule("total_row", "remove"),
    Rule("export_overlap", "remove"),
    Rule("exact_duplicate", "remove"),
    Rule("unreadable_date", "remove"),
    Rule("future_date", "remove"),
    Rule("after_as_of", "set_aside"),
    Rule("unreadable_amount", "remove"),
    Rule("missing_customer", "remove"),
    Rule("other_currency", "remove"),
    Rule("cancelled", "remove"),
    Rule("returned_order", "remove"),
    Rule("non_product", "remove"),
    Rule("negative_price", "remove"),
    Rule("zero_price", "remove"),
)
