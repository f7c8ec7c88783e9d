"""C2 on the page: the effects of the drivers by segment of the customers."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from analysis.churn.causes import Causes
from analysis.churn.segments import TIER
from analysis.core.contracts.churn_drivers import DRIVER_SEGMENTS, LEFT_OUT_OF_SEGMENT
from analysis.core.text import Phrase, joined, listed, quoted, say
from analysis.draw.driver_words import words_of
from analysis.draw.forests import Forest, plot_forests
from analysis.draw.page import Look, Page, Section

LISTED = 12  # pairs in the page, the surest differences first; the stage's table has all


def sections(page: Page, causes: Causes) -> list[Section]:
    """One forest a driver with its segments; why there is none where no segment carries a model, and nothing without segments."""
    rows, settings = causes.segments, causes.settings
    if rows.empty:
        return []
    kicker, title, told = say("churn_drivers.segments.kicker"), segments_title(causes), rows[rows["hazard_ratio"].notna()]
    if told.empty:
        return [page.notes("driver_segments", kicker=kicker, title=title, lines=_not_told(causes))]
    words, segments = _words(causes), rows["segment"].unique()
    named = [name for name in words if name in set(told["driver"])]
    by = say("churn_drivers.segments.tier") if causes.by == TIER else say("churn_drivers.segments.column", column=quoted(causes.by))
    note = say("churn_drivers.segments.note", tried=len(told), chance=settings.drivers.named_below)
    forests = [_forest(words[name], rows[rows["driver"] == name], settings.drivers.named_below) for name in named]
    surest = told.sort_values(["difference_q", "difference_p", "driver", "segment"])
    return [page.figure(
        "driver_segments", kicker=kicker, title=title, deck=say("churn_drivers.segments.deck", by=by, level=settings.interval_level),
        note=joined([note, *_not_told(causes)]),
        draw=partial(plot_forests, forests, [_named(causes, segment) for segment in segments], line=1.0),
        data=surest, contract=DRIVER_SEGMENTS,
        look=Look(columns=("driver", "segment", "hazard_ratio", "lo", "hi", "q_value", "difference_q"),
                  words={"driver": words, "segment": {segment: _named(causes, segment) for segment in segments}},
                  forms={"q_value": "number3", "difference_q": "number3"}, limit=LISTED, search=False),
    )]  # fmt: skip


def segments_title(causes: Causes) -> Phrase:
    """The surest difference, and whether the driver weighs more there or less."""
    rows = causes.segments
    if rows["hazard_ratio"].isna().all():
        return say("churn_drivers.segments.none")
    found = rows[rows["differs"]].sort_values(["difference_q", "difference_p", "driver", "segment"])
    if found.empty:
        return say("churn_drivers.segments.alike")
    top = found.iloc[0]
    side = "more" if abs(np.log(top["hazard_ratio"])) > abs(np.log(top["rest_ratio"])) else "less"
    return say(f"churn_drivers.segments.{side}", driver=_words(causes)[top["driver"]], segment=_named(causes, top["segment"]),
               here=top["hazard_ratio"], rest=top["rest_ratio"])  # fmt: skip


def _forest(name: Phrase, rows: pd.DataFrame, named_below: float) -> Forest:
    values = rows.rename(columns={"hazard_ratio": "value"})[["value", "lo", "hi"]].reset_index(drop=True)
    return Forest(name, values, (rows["q_value"] < named_below).tolist(), rows["differs"].tolist())


def _words(causes: Causes) -> dict[str, Phrase]:
    """Drivers of the headline, slowest return first."""
    return words_of(causes.findings.judged)


def _named(causes: Causes, segment: str) -> Phrase:
    return say(f"segment.tier.{segment}") if causes.by == TIER else quoted(segment)


def _not_told(causes: Causes) -> list[Phrase]:
    """Pairs without an effect, by reason; a segment that carries no model once for all drivers."""
    rows, words, lines = causes.segments, _words(causes), []
    for reason in LEFT_OUT_OF_SEGMENT:
        out = rows[rows["reason"] == reason]
        if reason == "small":
            parts = [_named(causes, segment) for segment in out["segment"].unique()]
        else:
            parts = [say("churn_drivers.segments.pair", driver=words[row.driver], segment=_named(causes, row.segment)) for row in out.itertuples(index=False)]
        lines += [joined([say(f"churn_drivers.segments.{reason}"), listed(parts)])] if parts else []
    return lines
