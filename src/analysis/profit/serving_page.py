"""V1 on the page: what serving customers costs, work by work, and what of the pools is nobody's."""

from __future__ import annotations

from functools import partial

from analysis.core.contracts import profit as contracts
from analysis.core.contracts.schema import E4
from analysis.core.text import Phrase, joined, say
from analysis.draw.bars import plot_bars
from analysis.draw.page import Check, Look, Page, Section
from analysis.profit.books import Books
from analysis.profit.notes import period_of

WORK = {activity: say(f"profit.work.{activity}") for activity in contracts.ACTIVITIES}
BASES = {basis: say(f"profit.work_basis.{basis}") for basis in contracts.BASES}


def serving(page: Page, books: Books) -> Section | None:
    """The cost of each kind of work that was done for customers; nothing where no work has a price."""
    if books.serving is None:
        return None
    pools = books.serving.pools.sort_values("customers_e4", ascending=False, na_position="last", ignore_index=True)
    shown = pools[pools["customers_e4"] > 0]
    return page.figure(
        "serving",
        kicker=say("profit.serving.kicker"),
        title=_title(books),
        deck=say("profit.serving.deck", period=period_of(books.now)),
        note=_note(books),
        draw=partial(
            plot_bars, shown["customers_e4"] / E4, [WORK[activity] for activity in shown["activity"]],
            texts=[
                say("profit.serving.bar", money=row.customers_e4 / E4, times=round(row.times), price=row.unit_cost)
                for row in shown.itertuples(index=False)
            ],
        ),
        data=pools,
        contract=contracts.SERVING_POOLS,
        look=Look(
            columns=("activity", "times", "unit_cost", "basis", "customers_e4", "others_e4", "unallocated_e4", "pool_e4", "needs"),
            words={"activity": WORK, "basis": BASES}, search=False,
        ),
    )  # fmt: skip


def serving_check(books: Books) -> list[Check]:
    """The parts of every pool add up to it, and those of the customers to their sum."""
    if books.serving is None:
        return []
    pools, costs = books.serving.pools, books.serving.costs
    parts = pools[["customers_e4", "others_e4", "unallocated_e4"]].fillna(0).sum(axis=1)
    known = pools["pool_e4"].notna()
    whole = costs.loc[costs["period"] == "now", "cost_e4"].sum() == pools["customers_e4"].sum()
    return [Check(say("profit.check.pools"), bool(whole and (parts[known] == pools.loc[known, "pool_e4"]).all()))]


def _title(books: Books) -> Phrase:
    costs, values = books.serving.costs, books.values["now"]  # type: ignore[union-attr]
    by_work = costs[costs["period"] == "now"].groupby("activity")["cost_e4"].sum()
    most = by_work.index[by_work.argmax()]
    words = {"money": by_work.sum() / E4, "work": WORK[most], "share": by_work[most] / by_work.sum()}
    contribution = int(values["contribution_e4"].sum()) if books.has_profit else 0
    if contribution > 0:
        return say("profit.serving.of_contribution", part=by_work.sum() / contribution, **words)
    return say("profit.serving.alone", **words)


def _note(books: Books) -> Phrase:
    pools = books.serving.pools  # type: ignore[union-attr]
    lines = [say("profit.serving.counted")]
    rest, pool = (int(pools[name].sum()) for name in ("unallocated_e4", "pool_e4"))
    if pool > 0:
        lines.append(say("profit.serving.rest", money=rest / E4, share=rest / pool))
    if others := int(pools["others_e4"].sum()):
        lines.append(say("profit.serving.others", money=others / E4))
    if (pools["unallocated_e4"] < 0).any():
        lines.append(say("profit.serving.short"))
    return joined(lines)
