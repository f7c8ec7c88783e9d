"""Dependence on the page: how much rests on how few, and what losing one of them would cost."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from analysis.churn.assessment import Assessment
from analysis.churn.dependence import Dependence
from analysis.churn.messages import value_words
from analysis.core.contracts.churn_win_back import LOSSES, TOP_SHARES
from analysis.core.contracts.clean import CUSTOMER_ID, CUSTOMER_NAME
from analysis.core.contracts.schema import Column, Table, Words
from analysis.core.text import Phrase, joined, listed, say
from analysis.draw.bars import plot_bars
from analysis.draw.page import Look, Page, Section

LISTED = Table(
    "losses_listed", "one of the largest customers: its own value, and the loss if many of whom it referred followed", ("customer_id",),
    (
        CUSTOMER_ID, CUSTOMER_NAME, *(LOSSES.by_name[name] for name in ("sales_rep", "tier", "own")),
        Column("own_lo", "money", Words("Own, low", "自身下限"), "Ends of its interval."),
        Column("own_hi", "money", Words("Own, high", "自身上限"), "Ends of its interval."),
        *(LOSSES.by_name[name] for name in ("referred", "following", "loss", "lo", "hi")),
    ),
)  # fmt: skip


def sections(page: Page, assessment: Assessment, dependence: Dependence) -> list[Section]:
    """What the page says of dependence, in reading order."""
    return [shares(page, assessment, dependence), losing(page, dependence)]


def shares(page: Page, assessment: Assessment, dependence: Dependence) -> Section:
    """How much the largest customers bring."""
    kicker, rows = say("churn.dependence.kicker"), dependence.shares
    if rows.empty:
        return page.notes("dependence", kicker=kicker, title=say("churn.dependence.none"), lines=[say("churn.losing.fixed")])
    labels = [say("churn.dependence.label", customers=count) for count in rows["customers"]]
    note = say("churn.dependence.note", customers=dependence.customers, hhi=dependence.hhi, equal=1 / dependence.hhi)
    return page.figure(
        "dependence", kicker=kicker, title=shares_title(dependence),
        deck=say("churn.dependence.deck", months=assessment.settings.value_window_months, value_name=value_words(assessment.value_name)),
        note=joined([note, say("churn.losing.fixed")]), draw=partial(plot_bars, rows["share"], labels, form="percent1"),
        data=rows, contract=TOP_SHARES, look=Look(search=False),
    )  # fmt: skip


def shares_title(dependence: Dependence) -> Phrase:
    """Whether one customer is a dependence, or how much the largest bring together."""
    first, last = dependence.shares.iloc[0], dependence.shares.iloc[-1]
    if first["customers"] == 1 and first["share"] >= dependence.settings.dependent_from:
        return say("churn.dependence.one", share=first["share"])
    if len(dependence.shares) == 1 or first["customers"] != 1:
        return say("churn.dependence.alone", customers=last["customers"], share=last["share"])
    return say("churn.dependence.spread", share=first["share"], customers=last["customers"], many=last["share"])


def losing(page: Page, dependence: Dependence) -> Section:
    """If we lose one of them."""
    kicker = say("churn.losing.kicker")
    if dependence.losses.empty or dependence.months is None:
        return page.notes("losing", kicker=kicker, title=say("churn.losing.none"), lines=[say("churn.losing.none_note")])
    most, rows = max(dependence.settings.following_shares), listed_losses(dependence)
    columns = ("customer_name", "sales_rep", "tier", "own", "own_lo", "own_hi")
    if dependence.referrals_known:
        deck = say("churn.losing.deck", months=dependence.months, level=dependence.level, share=most)
        note = say("churn.losing.note", shares=listed([say("churn.losing.share", share=one) for one in dependence.settings.following_shares]))
        columns += ("referred", "following", "loss", "lo", "hi")
    else:
        deck, note = say("churn.losing.deck_own", months=dependence.months, level=dependence.level), say("churn.losing.no_referrals")
    tiers = {name: say(f"segment.tier.{name}") for name in rows["tier"].dropna().unique()}
    return page.table(
        "losing", rows, LISTED, kicker=kicker, title=losing_title(page, rows, dependence, most), deck=deck, note=note,
        look=Look(columns=columns, words={"tier": tiers}), names=("customer_name",),
    )  # fmt: skip


def listed_losses(dependence: Dependence) -> pd.DataFrame:
    """One row a customer: its own value with interval, and the loss where most of those referred follow."""
    losses, most = dependence.losses, max(dependence.settings.following_shares)
    rows = losses[losses["following_share"] == most].sort_values(["loss", "customer_id"], ascending=[False, True])
    own = dependence.own.reindex(rows["customer_id"])
    return rows.assign(own_lo=own["clv_lo"].to_numpy(), own_hi=own["clv_hi"].to_numpy())


def losing_title(page: Page, rows: pd.DataFrame, dependence: Dependence, most: float) -> Phrase:
    """The largest loss of all."""
    first, months = rows.iloc[0], dependence.months
    name = page.shown_name(str(first["customer_name"]))
    if np.isclose(first["loss"], first["own"]):
        return say("churn.losing.title_own", name=name, own=first["own"], months=months)
    return say("churn.losing.title", name=name, own=first["own"], months=months, loss=first["loss"], share=most)
