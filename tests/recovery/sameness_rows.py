"""What may not change a table: the order of the rows, and what happens after as_of; and what the gate must say."""

from __future__ import annotations

import pandas as pd

from analysis.core.contracts.clean import (
    CAPABILITIES,
    CUSTOMER_DAYS,
    CUSTOMER_MONTHS,
    CUSTOMER_RETURNS,
    CUSTOMERS,
    ORDER_LINES,
)
from analysis.segment.tier_sizes import migrate_tiers, size_tiers
from tests.recovery.ground import Ground, Variant
from tests.recovery.harness import Band, Findings, Row
from tests.recovery.scenes import SMALL_TRADE

PLACES = ["file_no", "row_no"]  # where a line stands, which a new order changes
CLEANED = (CUSTOMERS, CUSTOMER_DAYS, CUSTOMER_RETURNS, CUSTOMER_MONTHS)
# A column that the export lacks, and the capabilities that then lack something: SPEC 1.2, "Needs".
LACKING: dict[tuple[str, ...], set[str]] = {
    ("unit_cost",): {"N8"},
    ("product_id", "product_name"): {"C2", "N1", "N3", "R6"},
    ("qty",): {"N1"},
    ("region",): set(),
    ("category",): set(),
}


def all_tables(ground: Ground) -> dict[str, pd.DataFrame]:
    """What the stages compute from the source."""
    return ground.once("all tables", lambda: _all_tables(ground))


def _all_tables(ground: Ground) -> dict[str, pd.DataFrame]:
    lines = ground.table(ORDER_LINES).drop(columns=PLACES)
    found = {table.name: ground.table(table) for table in CLEANED}
    found["order_lines"] = lines.sort_values(list(lines), ignore_index=True)
    found |= dict(zip(("concentration", "concentration_tiers", "concentration_facts"), ground.concentration, strict=True))
    found |= {"bridge": ground.books.build_bridge(), "customer_profit": ground.books.rank_customers()}
    found |= {"rfm_cuts": ground.cuts, "rfm": ground.rfm, "migration": ground.records.migrate(ground.rfm)}
    ways = migrate_tiers(ground.tiering, ground.records.settings)
    found |= {"customer_tiers": ground.tiering.customer_tiers, "tier_months": ground.tiering.tier_months}
    found |= {"tier_moves": ways, "tiers": size_tiers(ground.tiering, ways, ground.records.settings)}
    found |= {"clv": ground.valuation.clv, "clv_models": ground.valuation.outcome.models}
    found |= {"clv_scores": ground.valuation.outcome.proof.scores, "clv_history": ground.valuation.history}
    return found | {"risk": ground.assessment.risk.table, "risk_scores": ground.assessment.proof.scores}


def changed_by(variant: Variant, name: str):
    """How many tables another form of the same export changes."""

    def measure(ground: Ground) -> Findings:
        other = ground.again(name, variant)
        here, there = all_tables(ground), all_tables(other)
        other.forget()
        return Findings(sum(not here[table].equals(there[table]) for table in here), len(here))

    return measure


def gate(ground: Ground) -> Findings:
    """Capabilities whose status is wrong where a column is taken away; every stage must still run."""
    wrong, asked = 0, 0
    whole = ground.table(CAPABILITIES).set_index("capability")["status"]
    for columns, lacking in LACKING.items():
        other = ground.again("without-" + "-".join(columns), Variant(without=columns))
        status = other.table(CAPABILITIES).set_index("capability")["status"]
        expected = whole.mask(whole.index.isin(lacking), "not_available")
        if not all_tables(other):
            raise LookupError(f"no table without {columns}")
        wrong += int((status != expected).sum())
        asked += len(status)
        other.forget()
    return Findings(wrong, asked)


def nothing(reason: str) -> Band:
    """No finding at all is allowed."""
    return Band(findings=0.0, measured="0 in all worlds", reason=reason)


ROWS = [
    Row("determinism: tables changed by another order of the rows", SMALL_TRADE,
        changed_by(Variant(shuffled=True), "shuffled"),
        nothing("the same facts are told, so that every table is the same"), fast_seeds=1),
    Row("as-of: tables changed by rows after as_of", SMALL_TRADE, changed_by(Variant(cut=True), "cut"),
        nothing("what is not known yet cannot count"), fast_seeds=1),
    Row("gate: capabilities with a wrong status where a column is missing", SMALL_TRADE, gate,
        nothing("what the data lacks is a fact; every stage still runs"), fast_seeds=1),
]  # fmt: skip
