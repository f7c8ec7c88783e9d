"""G6 on the page: who surely grows faster or slower than its peers, with the largest of the others beside them."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.core.contracts.segment_growth import GROWTH_TESTS, SIGNALS, TOO_SHORT, VERDICTS
from analysis.core.text import Phrase, joined, quoted, say
from analysis.draw.intervals import far_out, plot_intervals
from analysis.draw.page import Look, Page, Section
from analysis.segment.records import Records

WORDS = {
    "verdict": {verdict: say(f"segment.growth.verdict.{verdict}") for verdict in VERDICTS},
    "signal": {signal: say(f"segment.growth.signal.{signal}") for signal in SIGNALS},
}
COLUMNS = (
    "customer_name", "verdict", "relative_growth", "relative_lo", "relative_hi", "growth_yearly", "lo", "hi",
    "peer_growth", "peer_group", "revenue",
)  # fmt: skip
FORMS = dict.fromkeys(
    ("relative_growth", "relative_lo", "relative_hi", "growth_yearly", "lo", "hi", "peer_growth"), "+percent"
)


def growth(page: Page, records: Records, tests: pd.DataFrame) -> Section:
    """The largest customers that stand out, then the largest others; says what it needs where nobody has a growth."""
    kicker = say("segment.growth.kicker")
    compared = tests[tests["verdict"].notna()]
    if compared.empty:
        return page.notes(
            "growth", kicker=kicker, title=_missing_title(tests, records), lines=[_left_out(tests, records)]
        )
    found = standing_out(tests)
    others = compared[~compared.index.isin(found.index)]
    limit = records.settings.growth_test.listed_customers
    shown = pd.concat([_largest(found), _largest(others)]).head(limit)
    shown = shown.sort_values(["relative_growth", "customer_id"], ignore_index=True)
    shown = shown.assign(customer_name=shown["customer_name"].map(page.shown_name))
    drawn = shown[["relative_growth", "relative_lo", "relative_hi"]].set_axis(["value", "lo", "hi"], axis=1)
    cut = far_out(drawn)
    return page.figure(
        "growth",
        kicker=kicker,
        title=growth_title(tests, records),
        deck=say("segment.growth.deck", level=records.settings.interval_level, customers=len(compared)),
        note=joined([*([say("segment.growth.cut")] if cut else []), _left_out(tests, records), _peers(records), _chance(compared, records)]),
        draw=partial(
            plot_intervals,
            drawn, [quoted(name) for name in shown["customer_name"]], form="+percent", line=0.0, above_is_good=True,
            sides=(say("segment.growth.verdict.slower"), say("segment.growth.verdict.faster")),
            sure=(shown["verdict"] != "alike").tolist(), cut=cut,
        ),
        data=shown,
        contract=GROWTH_TESTS,
        look=Look(columns=COLUMNS, words=WORDS, forms=FORMS, search=False),
    )  # fmt: skip


def growth_list(page: Page, records: Records, tests: pd.DataFrame) -> Section | None:
    """Everybody who stands out, largest first; nothing where the figure shows them all."""
    found = standing_out(tests)
    if len(found) <= records.settings.growth_test.listed_customers:
        return None
    signals = ("signal",) if found["signal"].notna().any() else ()
    return page.table(
        "growth_list",
        _largest(found),
        GROWTH_TESTS,
        kicker=say("segment.growth.kicker"),
        title=say("segment.growth.list", customers=len(found)),
        look=Look(columns=(*COLUMNS, *signals), words=WORDS, forms=FORMS),
        names=("customer_name",),
    )


def standing_out(tests: pd.DataFrame) -> pd.DataFrame:
    """Customers that grow faster or slower beyond chance, and those with a signal of their quadrant."""
    return tests[tests["verdict"].isin(["faster", "slower"]) | tests["signal"].notna()]


def growth_title(tests: pd.DataFrame, records: Records) -> Phrase:
    """Key customers that fall behind first, then ordinary ones to watch, then who of the others stands out."""
    warned, watched = (tests[tests["signal"] == signal] for signal in ("early_warning", "growth_watch"))
    if len(warned):
        rising = int((warned["growth_yearly"] > 0).sum())
        rest = say("segment.growth.rising", count=rising) if rising else say("segment.growth.falling")
        return say("segment.growth.warned", count=len(warned), rest=rest)
    if len(watched):
        return say(
            "segment.growth.watched", count=len(watched), margin=records.settings.growth_test.watch_margin
        )
    slower, faster = (tests[tests["verdict"] == verdict] for verdict in ("slower", "faster"))
    if not len(slower) + len(faster):
        return say("segment.growth.alike", customers=int(tests["verdict"].notna().sum()))
    kind, most, others = (
        ("slower", slower, faster) if len(slower) > len(faster) else ("faster", faster, slower)
    )
    rest = (
        say(f"segment.growth.also.{kind}", count=len(others))
        if len(others)
        else say(f"segment.growth.only.{kind}")
    )
    months = records.settings.window_months
    return say(
        f"segment.growth.{kind}", count=len(most), money=most["revenue"].sum(), months=months, rest=rest
    )


def _missing_title(tests: pd.DataFrame, records: Records) -> Phrase:
    asked, known = records.settings.growth_test, int((tests["status"] == "estimated").sum())
    if known:
        return say("segment.growth.no_peers", customers=known, peers=asked.min_peers)
    return say("segment.growth.none", months=asked.min_months)


def _left_out(tests: pd.DataFrame, records: Records) -> Phrase:
    """How many customers have a growth, and why the others have none."""
    asked, why = records.settings.growth_test, tests["reason"].value_counts()
    return say(
        "segment.growth.left_out", tested=int((tests["status"] == "estimated").sum()), customers=len(tests),
        window=asked.window_months, min_months=asked.min_months, silent_months=asked.silent_months,
        active=asked.min_active_months, **{reason: int(why.get(reason, 0)) for reason in TOO_SHORT},
    )  # fmt: skip


def _peers(records: Records) -> Phrase:
    return say("segment.growth.peers", peers=records.settings.growth_test.min_peers)


def _chance(compared: pd.DataFrame, records: Records) -> Phrase:
    """How many intervals leave the peers out, how many would by chance, and how the names are chosen."""
    level = records.settings.interval_level
    outside = (compared["relative_lo"] > 0) | (compared["relative_hi"] < 0)
    return say(
        "segment.growth.chance", outside=int(outside.sum()), expected=round(len(compared) * (1 - level)), level=level,
        share=records.settings.growth_test.false_share,
    )  # fmt: skip


def _largest(found: pd.DataFrame) -> pd.DataFrame:
    return found.sort_values(["revenue", "customer_id"], ascending=[False, True], ignore_index=True)
