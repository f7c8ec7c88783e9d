"""The truth behind the other tables: who would have come, what actions did, who stayed silent, what wallets and work are worth."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.simulate.exports.table_faults import TABLE_FAULTS, table_counts, table_faults
from analysis.simulate.exports.tables import TableFile
from analysis.simulate.truth.digits import short
from analysis.simulate.world.events import EXIT_CAUSES, REFERRAL_STATES
from analysis.simulate.world.side import Side
from analysis.simulate.world.surveys import INSTRUMENTS

E4_PER_CENT = 100  # ten-thousandths of the currency


def write_side_truth(folder: Path, side: Side, tables: list[TableFile]) -> None:
    """The truth tables, the faults of the tables with their places, and the counts of a perfect reader."""
    text = io.StringIO(newline="")
    faults = csv.DictWriter(text, TABLE_FAULTS, lineterminator="\n")
    faults.writeheader()
    faults.writerows(table_faults(tables))
    (folder / "table_faults.csv").write_bytes(text.getvalue().encode())
    world = side.world
    last_complete = world.clock.days - world.preset.tail_days - 1
    told = {"laws": dataclasses.asdict(side.laws), "tables": table_counts(tables, last_complete)}
    (folder / "true_tables.json").write_bytes(json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n")
    for name, table in {
        "true_referral": true_referral(side), "true_influence": true_influence(side), "true_tau": true_tau(side),
        "true_survey": true_survey(side), "true_wallet_record": true_wallet_record(side),
        "true_exit_reason": true_exit_reason(side), "true_activity_costs": true_activity_costs(side),
    }.items():  # fmt: skip
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd", store_schema=False)


def _ids(side: Side, places: np.ndarray) -> list[str | None]:
    return [side.world.customers.ids[place] if place >= 0 else None for place in places.tolist()]


def _days(side: Side, days: np.ndarray) -> list:
    return [side.world.clock.date(day) for day in days.tolist()]


def true_referral(side: Side) -> pa.Table:
    """Every recommendation, also of customers that the table of the firm lacks. Type one would not have come otherwise."""
    events = side.referrals.events
    won = events["state"] == REFERRAL_STATES.index("won")
    return pa.table({
        "referrer_id": _ids(side, events["referrer"]),
        "referred_id": _ids(side, events["referred"]),
        "date": _days(side, events["day"]),
        "status": [REFERRAL_STATES[state] for state in events["state"].tolist()],
        "is_type_one": pa.array(events["would_not_have_come"], mask=~won),
        "type_one_chance": [short(one) for one in side.referrals.type_one[events["referrer"]].tolist()],
        "first_order_e4": side.referrals.first_order * E4_PER_CENT,
        "reward_e4": events["reward"] * E4_PER_CENT,
    })  # fmt: skip


def true_influence(side: Side) -> pa.Table:
    """Social capital of each customer, and the chance that whom it recommends us to would not have come otherwise."""
    found = side.referrals
    return pa.table({
        "customer_id": side.world.customers.ids,
        "social_capital": [short(one) for one in found.capital.tolist()],
        "is_hub": found.hub,
        "type_one_chance": [short(one) for one in found.type_one.tolist()],
    })  # fmt: skip


def true_tau(side: Side) -> pa.Table:
    """Every action with its effect: on average for such a customer, and in the orders of both its futures."""
    actions, types = side.world.actions, list(side.laws.acting.uplift)
    return pa.table({
        "action_id": [f"A{at + 1:05d}" for at in range(len(actions))],
        "customer_id": _ids(side, actions["customer"]),
        "issued_on": pa.array(_days(side, actions["day"]), pa.date32()),
        "type": pa.array([types[place] for place in actions["type"].tolist()], pa.string()),
        "is_treated": actions["treated"],
        "tau": [short(one) for one in actions["uplift"].tolist()],
        "type_tau": [side.laws.acting.uplift[types[place]] for place in actions["type"].tolist()],
        "orders_with": actions["with_it"],
        "orders_without": actions["without_it"],
        "window_days": np.full(len(actions), side.laws.acting.window_days),
    })  # fmt: skip


def true_survey(side: Side) -> pa.Table:
    """Every question, with the satisfaction behind it and the chance of an answer."""
    asked = side.surveys
    return pa.table({
        "customer_id": _ids(side, asked["customer"]),
        "date": pa.array(_days(side, asked["day"]), pa.date32()),
        "instrument": pa.array([INSTRUMENTS[place] for place in asked["instrument"].tolist()], pa.string()),
        "satisfaction": [short(one) for one in asked["mood"].tolist()],
        "answer_chance": [short(one) for one in asked["chance"].tolist()],
        "is_answered": asked["answered"],
        "score": pa.array(asked["score"], mask=asked["score"] < 0),
    })  # fmt: skip


def true_wallet_record(side: Side) -> pa.Table:
    """What is recorded of each wallet, beside what it is and what of it was bought from us."""
    rows, sources = side.wallets, list(side.laws.knowing.sources)
    return pa.table({
        "customer_id": _ids(side, rows["customer"]),
        "category": pa.array(side.world.products.categories).take(pa.array(rows["category"])),
        "period": [str(year) for year in rows["year"].tolist()],
        "source": [sources[place] for place in rows["source"].tolist()],
        "told_e4": rows["told"] * E4_PER_CENT,
        "true_e4": rows["true"] * E4_PER_CENT,
        "own_e4": rows["own"] * E4_PER_CENT,
    })  # fmt: skip


def true_exit_reason(side: Side) -> pa.Table:
    """What is noted of each leaver, and why it left."""
    notes = side.exit_notes
    return pa.table({
        "customer_id": _ids(side, notes["customer"]),
        "noted": pa.array([EXIT_CAUSES[place] for place in notes["noted"].tolist()], pa.string()),
        "true": pa.array([EXIT_CAUSES[place] for place in notes["true"].tolist()], pa.string()),
    })  # fmt: skip


def true_activity_costs(side: Side) -> pa.Table:
    """Each kind of work of the last twelve months: how often, what one costs, and the pool with its idle part."""
    return pa.table({
        "activity": [one.activity for one in side.work],
        "count": [one.count for one in side.work],
        "unit_cost": [one.unit_cost for one in side.work],
        "used": [short(one.count * one.unit_cost) for one in side.work],
        "pool": [short(one.pool) for one in side.work],
    })  # fmt: skip
