"""Win-back on the page: who comes back and by when, and which return is worth most."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.churn.messages import value_words
from analysis.churn.silences import ALL_GROUPS, noted_group, single_group
from analysis.churn.win_back import WinBack
from analysis.core.contracts.churn_win_back import (
    RETURN_CHANCES,
    RETURN_CURVE,
    RETURN_REASONS,
    SECOND_VALUES,
    WIN_BACK_CUSTOMERS,
)
from analysis.core.text import Phrase, joined, say
from analysis.draw.intervals import plot_intervals
from analysis.draw.line import plot_line
from analysis.draw.page import Look, Page, Section

ENDS = ["value", "lo", "hi"]


def sections(page: Page, win_back: WinBack) -> list[Section]:
    """What the page says of win-back, in reading order."""
    found = [curve(page, win_back), chances(page, win_back), listing(page, win_back)]
    return [section for section in found if section is not None]


def _chances(win_back: WinBack) -> pd.DataFrame:
    rows = win_back[RETURN_CHANCES]
    return rows[(rows["gap_group"] == ALL_GROUPS) & rows["chance"].notna()].sort_values("silent_days")


def curve(page: Page, win_back: WinBack) -> Section:
    """Share that returned by days beyond the silence."""
    kicker, settings = say("churn.win_back.kicker"), win_back.settings
    table = win_back[RETURN_CURVE]
    line = table[table["day"] <= settings.window_days]
    natural = offered(win_back)
    if line.empty:
        return page.notes("win_back", kicker=kicker, title=say("churn.win_back.none"), lines=[natural])
    window, low, high = win_back.window
    told = [] if pd.isna(window) else [
        say("churn.win_back.window", share=settings.window_share, far=settings.window_days, window=window, lo=low, hi=high)
    ]  # fmt: skip
    begun = pd.DataFrame({"x": [0], "y": [0.0], "lo": [0.0], "hi": [0.0]})
    drawn = pd.concat([begun, line.rename(columns={"day": "x", "share": "y"})[list(begun)]], ignore_index=True)
    return page.figure(
        "win_back", kicker=kicker, title=curve_title(win_back),
        deck=say("churn.win_back.deck", lost=settings.lost_days, silences=int(line["at_risk"].iloc[0]), level=win_back.level),
        note=joined([*told, natural]),
        draw=partial(plot_line, drawn, form="percent", x_form="count", x_name=say("churn.win_back.x"), y_name=say("churn.win_back.y")),
        data=line, contract=RETURN_CURVE, look=Look(search=False),
    )  # fmt: skip


def curve_title(win_back: WinBack) -> Phrase:
    """How many of the lost return, and by when most of those who do."""
    settings, rows = win_back.settings, _chances(win_back).set_index("silent_days")["chance"]
    if settings.lost_days not in rows.index:
        return say("churn.win_back.some", lost=settings.lost_days)
    values = {"lost": settings.lost_days, "share": rows[settings.lost_days], "within": settings.within_days}
    if pd.isna(win_back.window[0]):
        return say("churn.win_back.title_open", **values)
    return say("churn.win_back.title", window=win_back.window[0], most=settings.window_share, far=settings.window_days, **values)


def offered(win_back: WinBack) -> Phrase:
    """What an offer added, or that it is not known."""
    offers = win_back.offers
    if offers is None:
        return say("churn.win_back.natural")
    side = "pays" if offers.lo > 0 else "harms" if offers.hi < 0 else "unclear"
    return say(f"churn.offer.{side}", treated=offers.treated, held=offers.held_back, with_it=offers.with_it, without=offers.without,
               gain=offers.difference, lo=offers.lo, hi=offers.hi, days=win_back.settings.offer_days, level=win_back.level)  # fmt: skip


def chances(page: Page, win_back: WinBack) -> Section | None:
    """Chance of a return by length of the silence; nothing where none could be followed."""
    rows = _chances(win_back)
    if rows.empty:
        return None
    some = rows[rows["chance"] > 0]
    settings, first, last = win_back.settings, rows.iloc[0], (some if len(some) else rows).iloc[-1]
    side = "title" if last["hi"] < first["lo"] else "even"
    table = win_back[RETURN_CHANCES]
    labels = [say("churn.chances.label", days=one.silent_days, n=one.silences) for one in rows.itertuples()]
    return page.figure(
        "return_chances", kicker=say("churn.chances.kicker"),
        title=say(f"churn.chances.{side}", first=first["silent_days"], early=first["chance"], last=last["silent_days"], late=last["chance"],
                  within=settings.within_days),
        deck=say("churn.chances.deck", within=settings.within_days, level=win_back.level), note=say("churn.chances.note"),
        draw=partial(plot_intervals, rows.rename(columns={"chance": "value"})[ENDS], labels, form="percent"),
        data=table, contract=RETURN_CHANCES,
        look=Look(columns=("gap_group", "silent_days", "silences", "chance", "lo", "hi"), words={"gap_group": rhythms(win_back)}, search=False),
    )  # fmt: skip


def rhythms(win_back: WinBack) -> dict[int, Phrase]:
    """The words for each group by its usual gap."""
    ends = win_back.gap_ends
    words = {ALL_GROUPS: say("churn.rhythm.all"), single_group(ends): say("churn.rhythm.single"), noted_group(ends): say("churn.rhythm.noted")}
    for place, end in enumerate(ends, start=1):
        words[place] = say("churn.rhythm.short", days=end) if place == 1 else say("churn.rhythm.middle", days=end, above=ends[place - 2])
    words[len(ends) + 1] = say("churn.rhythm.long", days=ends[-1]) if ends else say("churn.rhythm.any")
    return words


def listing(page: Page, win_back: WinBack) -> Section:
    """The silent customers by what their return is worth."""
    kicker, settings = say("churn.winning.kicker"), win_back.settings
    rows, table = win_back.asked, win_back[WIN_BACK_CUSTOMERS]
    if rows.empty:
        title = say("churn.winning.unvalued", all=len(table)) if len(table) else say("churn.winning.none")
        return page.notes("winning", kicker=kicker, title=title, lines=notes(win_back))
    top, whole = rows.head(settings.listed_customers), rows["return_value"].sum()
    return page.table(
        "winning", top, WIN_BACK_CUSTOMERS, kicker=kicker,
        title=say("churn.winning.title", all=len(rows), customers=len(top), share=top["return_value"].sum() / whole if whole else 0.0),
        deck=say("churn.winning.deck", within=settings.within_days, days=settings.value_days, value_name=value_words(win_back.value_name),
                 level=win_back.level),
        note=joined(notes(win_back)),
        look=Look(columns=("customer_name", "sales_rep", "silence_days", "gap_group", "chance", "second_value", "return_value", "lo", "hi"),
                  words={"gap_group": rhythms(win_back)}, forms={"chance": "percent"}),
        names=("customer_name",),
    )  # fmt: skip


def notes(win_back: WinBack) -> list[Phrase]:
    """What a second value rests on, who is left out, and what is not told."""
    settings = win_back.settings
    ratio, reasons = win_back[SECOND_VALUES], win_back[RETURN_REASONS]
    lines = [say("churn.winning.few", needed=settings.min_returns, days=settings.value_days)]
    if len(ratio):
        whole = ratio.set_index("value_group").loc[ALL_GROUPS]
        lines = [say("churn.winning.ratio", ratio=whole["ratio"], lo=whole["lo"], hi=whole["hi"], n=int(whole["returns"]))]
    dropped = int(win_back[WIN_BACK_CUSTOMERS]["is_dropped"].sum())
    lines += [say("churn.winning.dropped", customers=dropped)] if dropped else []
    lines += [say("churn.winning.no_costs")] if win_back.value_name != "contribution" else []
    if len(reasons):
        noted, back = int(reasons["noted"].sum()), round((reasons["share"] * reasons["noted"]).sum())
        lines.append(say("churn.winning.noted", n=noted, back=back))
    return [*lines, say("churn.winning.channel")]
