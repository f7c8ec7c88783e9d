"""G11 on the page: who buys on price, what discounts cost, and who needs no coupon."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from analysis.core.contracts import segment_habits as contracts
from analysis.core.contracts.schema import E4
from analysis.core.text import Phrase, joined, say
from analysis.draw.bars import plot_bars
from analysis.draw.matrix import plot_matrix
from analysis.draw.page import Look, Page, Section
from analysis.segment.habits import HabitRecords

TAGS = {tag: say(f"segment.tag.{tag}") for tag in contracts.TAGS}
COUPONS = {coupon: say(f"segment.coupon.{coupon}") for coupon in contracts.COUPONS}
ON_PRICE = ("price", "both")
STEPS = 5  # rows and columns of the map


def sections(page: Page, records: HabitRecords) -> list[Section]:
    """Both sections of G11; none where the data tells neither prices nor discounts."""
    prices = records.prices
    if not (prices.knows_discounts or prices.knows_tiers):
        return []
    return [preference_map(page, records), customers(page, records)]


def preference_map(page: Page, records: HabitRecords) -> Section:
    """Customers by the share of their orders at a discount and the tier of what they choose."""
    preferences = records.preferences
    both = preferences.dropna(subset=["discount_share", "price_tier"])
    counts = preferences["tag"].value_counts().reindex(list(contracts.TAGS)).fillna(0).astype(int)
    known = [tag for tag in contracts.TAGS if tag not in ON_PRICE or records.prices.knows_discounts]
    if len(both):
        draw = partial(
            plot_matrix, _counts(both), [_band(step) for step in reversed(range(STEPS))], [_band(step) for step in range(STEPS)],
            row_name=say("segment.prices.rows"), column_name=say("segment.prices.columns"),
        )  # fmt: skip
    else:
        draw = partial(plot_bars, counts[counts.index.isin(known)], [TAGS[tag] for tag in known], form="count")
    return page.figure(
        "prices", kicker=say("segment.prices.kicker"), title=map_title(preferences),
        deck=say("segment.prices.deck" if len(both) else "segment.prices.deck_tags", start=records.start, as_of=records.as_of),
        note=joined(_notes(records)), draw=draw,
        data=_ranked(preferences), contract=contracts.PRICE_PREFERENCES,
        look=Look(columns=_columns(preferences)[1:], words={"tag": TAGS, "coupon": COUPONS}, limit=records.settings.prices.listed_customers,
                  forms=FORMS, search=False),
    )  # fmt: skip


def customers(page: Page, records: HabitRecords) -> Section:
    """Who buys on price, the dearest first; who buys the better goods where no discount is known."""
    preferences, asked = records.preferences, records.settings.prices
    known = preferences["discount_share"].notna().any()
    shown = preferences[preferences["tag"].isin(ON_PRICE if known else ("quality",))]
    note = say("segment.buyers.coupon_note", below=asked.coupon_below, level=records.settings.interval_level) if known else say("segment.buyers.no_discounts")
    kicker = say("segment.buyers.kicker_known" if known else "segment.buyers.kicker_tier")
    if shown.empty:
        return page.notes("price_buyers", kicker=kicker, title=buyers_title(preferences), lines=[note])
    return page.table(
        "price_buyers", _ranked(shown), contracts.PRICE_PREFERENCES, kicker=kicker, title=buyers_title(preferences),
        deck=say("segment.buyers.deck_known" if known else "segment.buyers.deck_tier"), note=note,
        look=Look(columns=tuple(name for name in _columns(preferences) if name != "coupon"), words={"tag": TAGS, "coupon": COUPONS}, limit=asked.listed_customers, forms=FORMS),
        names=("customer_name",),
    )  # fmt: skip


def map_title(preferences: pd.DataFrame) -> Phrase:
    """What buying on price costs, or that nobody surely does, or that only tiers are known."""
    if not preferences["discount_share"].notna().any():
        return say("segment.prices.tiers_only", count=int((preferences["tag"] == "quality").sum()))
    given = preferences["let_off_e4"].fillna(0).astype("int64")
    on_price = preferences["tag"].isin(ON_PRICE)
    total = int(given.sum()) / E4
    if not total:
        return say("segment.prices.no_discount")
    if not on_price.any():
        return say("segment.prices.nobody", all=total)
    return say("segment.prices.some", count=int(on_price.sum()), money=int(given[on_price].sum()) / E4, all=total)


def buyers_title(preferences: pd.DataFrame) -> Phrase:
    """How many need no coupon, or how many buy the better goods."""
    if not preferences["discount_share"].notna().any():
        return say("segment.buyers.better", count=int((preferences["tag"] == "quality").sum()))
    counts = preferences["coupon"].value_counts()
    if not counts.get("no", 0) and not counts.get("test", 0):
        return say("segment.buyers.nobody")
    return say("segment.buyers.title", no=int(counts.get("no", 0)), test=int(counts.get("test", 0)))


FORMS = {"price_tier": "number2", "tier_lo": "number2", "tier_hi": "number2", "promotion_response": "+points0"}


def _columns(preferences: pd.DataFrame) -> tuple[str, ...]:
    """Columns that the data fills."""
    asked = (
        "customer_name", "tag", "coupon", "orders", "discount_share", "discount_lo", "discount_hi", "let_off_e4", "let_off_share",
        "price_tier", "tier_lo", "tier_hi", "promotion_response", "response_lo", "response_hi",
    )  # fmt: skip
    return tuple(name for name in asked if preferences[name].notna().any())


def _notes(records: HabitRecords) -> list[Phrase]:
    asked, prices, level = records.settings.prices, records.prices, records.settings.interval_level
    lines = []
    if prices.knows_discounts:
        lines.append(say("segment.prices.on_price", depth=asked.discount_from, share=asked.price_minded_from, level=level))
    if prices.knows_tiers:
        lines.append(say("segment.prices.pooled" if prices.is_pooled else "segment.prices.better", tier=asked.quality_from))
    open_ones = int((records.preferences["tag"] == "open").sum())
    lines.append(say("segment.prices.open", orders=asked.min_orders, count=open_ones, all=len(records.preferences)))
    if prices.knows_discounts:
        lines.append(_promotions(records))
    return lines


def _promotions(records: HabitRecords) -> Phrase:
    months, answers = records.prices.months, records.prices.responses
    promoted = int(months["is_promotion"].sum())
    if not promoted or answers.empty or not answers["promotion_months"].any():
        return say("segment.prices.no_promotion", above=records.settings.prices.promotion_above)
    sums = answers[["months", "promotion_months", "bought", "promotion_bought"]].sum()
    others = sums["months"] - sums["promotion_months"]
    return say(
        "segment.prices.promotion", months=promoted, inside=sums["promotion_bought"] / sums["promotion_months"],
        outside=(sums["bought"] - sums["promotion_bought"]) / others if others else float("nan"),
    )  # fmt: skip


def _ranked(preferences: pd.DataFrame) -> pd.DataFrame:
    by = "let_off_e4" if preferences["let_off_e4"].notna().any() else "price_tier"
    return preferences.sort_values([by, "customer_id"], ascending=[False, True], ignore_index=True)


def _counts(both: pd.DataFrame) -> pd.DataFrame:
    """Customers by fifth of the discount share (rows, the highest first) and of the tier."""
    places = [np.minimum((both[name].to_numpy() * STEPS).astype(int), STEPS - 1) for name in ("discount_share", "price_tier")]
    found = np.zeros((STEPS, STEPS))
    np.add.at(found, (STEPS - 1 - places[0], places[1]), 1)
    return pd.DataFrame(found)


def _band(step: int) -> Phrase:
    return say("segment.prices.band", lo=step / STEPS, hi=(step + 1) / STEPS)
