"""V1 on the page: sales below cost, by discount, by category and product, and by customer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd

from analysis.core.contracts import profit as contracts
from analysis.core.text import Phrase, joined, quoted, say
from analysis.draw.bars import plot_bars
from analysis.draw.page import Look, Page, Section
from analysis.profit.books import Books
from analysis.profit.losses import Losses
from analysis.profit.notes import period_of

SUMS = ["lines", "loss_lines", "contribution"]
KINDS = {kind: say(f"profit.loss_kind.{kind}") for kind in contracts.SOURCES}
SHOWN = ("name", "lines", "loss_lines", "revenue", "contribution", "losses", "deep_losses")


def discounts(page: Page, books: Books, losses: Losses) -> Section | None:
    """What the lines sold bring by their discount; nothing where no discount is known, or no line lost money."""
    depths = losses.depths
    if depths["from_discount"].isna().all() or not depths["loss_lines"].sum():
        return None
    classes = {row.depth: _class(row.from_discount, row.to_discount) for row in depths.itertuples(index=False)}
    return page.figure(
        "discounts", kicker=say("profit.losses.kicker"), title=discount_title(depths),
        deck=say("profit.losses.deck", period=period_of(books.now)),
        note=_discount_note(depths, books.settings.deep_discount),
        draw=partial(
            plot_bars, depths["contribution"], list(classes.values()),
            strong=[place for place, value in enumerate(depths["contribution"]) if value < 0],
            texts=[
                say("profit.losses.bar", money=row.contribution, share=row.loss_lines / row.lines)
                for row in depths.itertuples(index=False)
            ],
        ),
        data=depths, contract=contracts.DISCOUNT_DEPTHS,
        look=Look(
            columns=("depth", "lines", "loss_lines", "revenue", "contribution", "losses"), words={"depth": classes}, search=False
        ),
    )  # fmt: skip


def products(page: Page, books: Books, losses: Losses) -> Section | None:
    """Categories, else products, by what was lost on their lines below cost; all of both as data."""
    found = losses.sources[losses.sources["kind"] != "customer"].sort_values(["kind", "losses", "id"], ascending=[True, False, True])
    losing = found[found["losses"] > 0]
    if losing.empty:
        return None
    kind = losing["kind"].iloc[0]
    shown = losing[losing["kind"] == kind].head(books.settings.listed_customers)
    return page.figure(
        "loss-products", kicker=say("profit.losses.products_kicker"),
        title=products_title(losing[losing["kind"] == kind], float(losses.depths["losses"].sum())),
        deck=say(f"profit.losses.deck_of.{kind}", period=period_of(books.now)),
        note=say("profit.losses.products_note"),
        draw=partial(plot_bars, shown["losses"], [quoted(_name(row)) for row in shown.itertuples(index=False)], strong=(0,)),
        data=found, contract=contracts.LOSS_SOURCES,
        look=Look(columns=("name", "kind", *SHOWN[1:]), words={"kind": KINDS}, search=False),
    )  # fmt: skip


def customers(page: Page, books: Books, losses: Losses) -> Section | None:
    """The customers with whom most was lost on lines below cost."""
    own = losses.sources[losses.sources["kind"] == "customer"].sort_values(["losses", "id"], ascending=[False, True], ignore_index=True)
    if own.empty:
        return None
    few = min(len(own), books.settings.listed_customers)
    share = own["losses"].head(few).sum() / own["losses"].sum()
    words: Mapping[str, float] = {"count": len(own), "money": own["losses"].sum()}
    title = (
        say("profit.losses.customers", few=few, share=share, **words) if few < len(own) else say("profit.losses.all_customers", **words)
    )
    return page.table(
        "loss-customers", own, contracts.LOSS_SOURCES, kicker=say("profit.losses.customers_kicker"), title=title,
        deck=say("profit.losses.deck_of.customer", period=period_of(books.now)), note=say("profit.losses.customers_note"),
        look=Look(columns=SHOWN, limit=few), names=("name",),
    )  # fmt: skip


def discount_title(depths: pd.DataFrame) -> Phrase:
    """The deepest discounts that lose together, where there are such; else what all lines below cost lost.

    Parameters
    ----------
    depths : the table ``discount_depths``, in the order of its classes.
    """
    known = depths[depths["from_discount"].notna()]
    steep = known[(known["contribution"] < 0)[::-1].cummin()[::-1]]  # from the deepest class up, while all lose
    total = float(depths["contribution"].sum())
    if len(steep) == len(known):
        return say("profit.losses.everywhere", money=-total)
    if len(steep):
        lost = float(steep["contribution"].sum())
        return say("profit.losses.steep", deep=float(steep["from_discount"].iloc[0]), money=-lost, rest=total - lost)
    return say(
        "profit.losses.spread", share=depths["loss_lines"].sum() / depths["lines"].sum(), money=float(depths["losses"].sum()),
    )  # fmt: skip


def products_title(losing: pd.DataFrame, total: float) -> Phrase:
    """The category or product with most of the losses; ``total`` counts the lines of all."""
    first = next(losing.itertuples(index=False))
    words = {"name": _name(first), "money": first.losses}
    if len(losing) == 1 and first.losses == total:
        return say("profit.losses.one_product", **words)
    return say("profit.losses.most_product", share=first.losses / total, **words)


def _name(row: tuple) -> str:
    return row.name if isinstance(row.name, str) else row.id  # type: ignore[attr-defined]


def _class(start: float, end: float) -> Phrase:
    if pd.isna(start):
        return say("profit.discount_class.unknown")
    if start == 0:
        return say("profit.discount_class.least", end=end)
    return say("profit.discount_class.most", start=start) if pd.isna(end) else say("profit.discount_class.between", start=start, end=end)


def _discount_note(depths: pd.DataFrame, deep: float) -> Phrase:
    lines = [say("profit.losses.note")]
    is_deep = depths["from_discount"] >= deep
    below = {name: depths.loc[rows, SUMS].sum() for name, rows in (("share", is_deep), ("other", ~is_deep))}
    if all(sums["lines"] for sums in below.values()):
        shares = {name: sums["loss_lines"] / sums["lines"] for name, sums in below.items()}
        lines.append(say("profit.losses.deep", deep=deep, **shares))
    return joined([*lines, say("profit.losses.cause")])
