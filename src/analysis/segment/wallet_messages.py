"""G4 and G5: titles and sentences about wallets and quadrants, chosen by what the numbers say."""

from __future__ import annotations

import pandas as pd

from analysis.core.contracts.segment_potential import QUADRANT_NAMES, TO_VERIFY, WALLET_STATUSES
from analysis.core.text import Phrase, say
from analysis.segment.potential import Potential

QUADRANTS = {name: say(f"segment.quadrant.{name}") for name in (*QUADRANT_NAMES, TO_VERIFY)}
STATUSES = {status: say(f"segment.wallet_status.{status}") for status in WALLET_STATUSES}


def quadrant_title(quadrants: pd.DataFrame) -> Phrase:
    """The large wallets that go elsewhere, where there are any; else those that come to us; else that nobody is sure."""
    counts, gaps = quadrants["quadrant"].value_counts(), quadrants.groupby("quadrant")["wallet_gap"].sum()
    if counts.get("potential", 0):
        return say("segment.quadrant.grow", count=int(counts["potential"]), money=gaps["potential"])
    if counts.get("key", 0):
        return say("segment.quadrant.protect", count=int(counts["key"]))
    return say("segment.quadrant.small", unsure=int(counts.get(TO_VERIFY, 0)))


def action_title(quadrants: pd.DataFrame) -> Phrase:
    """How many to protect, to grow and to ask."""
    counts = quadrants["quadrant"].value_counts()
    asked = {"protect": "key", "grow": "potential", "unsure": TO_VERIFY}
    return say(
        "segment.quadrant.action_title", **{word: int(counts.get(name, 0)) for word, name in asked.items()}
    )


def action_lines(quadrants: pd.DataFrame) -> list[Phrase]:
    """What each quadrant asks for, with its customers and their money."""
    lines = []
    for name in (*QUADRANT_NAMES, TO_VERIFY):
        own = quadrants[quadrants["quadrant"] == name]
        words = {"sales": own["sales"].sum(), "wallet": own["wallet"].sum(), "gap": own["wallet_gap"].sum()}
        needed = {"potential": ("gap",), "marginal": ("gap",), TO_VERIFY: ()}.get(name, ("sales", "wallet"))
        if len(own):
            named = {"name": QUADRANTS[name], "count": len(own)} | {word: words[word] for word in needed}
            lines.append(say(f"segment.quadrant_action.{name}", **named))
    return lines


def wallet_lines(potential: Potential, wallets: pd.DataFrame) -> list[Phrase]:
    """How the wallets were come by, and why others are not estimated."""
    settings, told = potential.settings, wallets[wallets["wallet_status"] == "measured"]
    lines = []
    if len(told):
        lines = [say("segment.wallet.measured", count=len(told))]
        lines.append(
            say("segment.wallet.as_told")
            if potential.spread.empty
            else say("segment.wallet.spread", level=settings.interval_level)
        )
    if partly := int((told["told_share"] < settings.wallet.whole_from).sum()):
        lines.append(say("segment.wallet.partly", count=partly))
    unused = ~(potential.told["wallet_year"].isin(potential.rows["wallet_year"]) & potential.told["is_sold"])
    if unused.any():
        lines.append(say("segment.wallet.unused", count=int(unused.sum())))
    return [*lines, _estimate_line(potential, wallets), *peer_line(potential)]


def peer_line(potential: Potential) -> list[Phrase]:
    """Whether industry, region and size say how much a customer buys; nothing where none is known."""
    if not potential.peers.checks:
        return []
    return [
        say(
            "segment.wallet.peers_help"
            if potential.peers.high is not None
            else "segment.wallet.peers_no_help"
        )
    ]


def coverage(potential: Potential, wallets: pd.DataFrame) -> Phrase:
    """How much of the base the wallets stand for."""
    people = potential.people
    with_wallet = wallets.loc[wallets["wallet_status"] != "not_available", "customer_id"]
    held, whole = (
        people.loc[people["customer_id"].isin(with_wallet), "sales_e4"].sum(),
        people["sales_e4"].sum(),
    )
    share = float(held / whole) if whole > 0 else 0.0
    enough = share >= potential.settings.wallet.base_from
    return say("segment.quadrant.covered" if enough else "segment.quadrant.listed_only", share=share)


def key_warning(potential: Potential, quadrants: pd.DataFrame) -> list[Phrase]:
    """Whether there are more key customers than anybody can look after as such."""
    share = float((quadrants["quadrant"] == "key").mean())
    return (
        [say("segment.quadrant.too_many_keys", share=share)]
        if share > potential.settings.quadrant.key_share
        else []
    )


def tip(row: object) -> Phrase:
    """What a bubble says of its customer; ``row`` is one of ``quadrants``."""
    return say(
        "segment.quadrant.tip", name=str(row.name), wallet=row.wallet, status=STATUSES[row.wallet_status], share=row.sow,  # type: ignore[attr-defined]
        quadrant=QUADRANTS[row.quadrant], probability=row.probability,  # type: ignore[attr-defined]
    )  # fmt: skip


def _estimate_line(potential: Potential, wallets: pd.DataFrame) -> Phrase:
    published, settings = potential.published, potential.settings
    if published.holds:
        count = int((wallets["wallet_status"] == "estimated").sum())
        return say(
            "segment.wallet.estimated", count=count, told=published.told, level=settings.interval_level
        )
    told = {"told": published.told}
    words = {"few_told": told | {"needed": settings.wallet.told_from}, "no_peers": told, "no_gain": told}
    return say(f"segment.wallet.{published.reason}", **words.get(published.reason, {}))
