"""Headline figures of habits (G3) and of prices (G11)."""

from __future__ import annotations

from analysis.core.contracts.schema import E4
from analysis.core.estimate import Figure, measured, not_available, proxy
from analysis.segment.habits import HabitRecords

_INPUTS = "order_lines"
ON_PRICE = ("price", "both")


def habit_figures(records: HabitRecords) -> list[Figure]:
    """Habits that come back, groups found and published, and what discounts cost."""
    groups, preferences, everybody = records.groups, records.preferences, len(records.sums)
    tier = f"price tier {'of all products' if records.prices.is_pooled else 'within the category'}, for quality"
    found = [
        measured("habits_that_come_back", int(records.proofs["is_used"].sum()), "count", n=groups.judged, inputs=_INPUTS),
        measured("habit_groups_found", len(groups.table), "count", n=groups.judged, inputs=_INPUTS),
        measured("habit_groups_published", len(groups.rules), "count", n=groups.judged, inputs=_INPUTS),
        measured("customers_in_habit_groups", int(groups.published.notna().sum()), "count", n=everybody, inputs=_INPUTS),
        proxy("dearer_goods_customers", int(preferences["tag"].isin(("quality", "both")).sum()), "count", method=tier, n=everybody, inputs=_INPUTS),
    ]  # fmt: skip
    if not records.prices.knows_discounts:
        needs = [("price_minded_customers", "count"), ("low_discount_customers", "count"), ("discount_given", "money"), ("discount_to_price_minded", "money")]
        return [*found, *(not_available(name, unit, needs="orders.discount") for name, unit in needs)]  # type: ignore[arg-type]
    on_price, given = preferences["tag"].isin(ON_PRICE), preferences["let_off_e4"].fillna(0).astype("int64")
    return [
        *found,
        measured("price_minded_customers", int(on_price.sum()), "count", n=everybody, inputs=_INPUTS),
        measured("low_discount_customers", int((preferences["coupon"] == "no").sum()), "count", n=everybody, inputs=_INPUTS),
        measured("discount_given", int(given.sum()) / E4, "money", n=everybody, inputs=_INPUTS),
        measured("discount_to_price_minded", int(given[on_price].sum()) / E4, "money", n=everybody, inputs=_INPUTS),
    ]
