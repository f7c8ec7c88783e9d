"""What is behind the exports: every fault with its place, the customers as they are, and the exact totals."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from pathlib import Path

import pyarrow.parquet as pq

from analysis.simulate.exports.book import Book
from analysis.simulate.exports.files import Written
from analysis.simulate.exports.manifest import MANIFEST, fault_manifest, true_totals
from analysis.simulate.truth.continuation import continue_world
from analysis.simulate.truth.customers import true_customer
from analysis.simulate.truth.tables import (
    true_changes,
    true_drivers,
    true_pairs,
    true_response,
    true_share,
    true_stocks,
    true_wallet,
)


def write_truth(folder: Path, book: Book, written: Written, *, paths: int = 0) -> None:
    """The manifest of the faults, the exact totals, the laws and the tables of the truth into ``folder``.

    With ``paths`` the world also goes on so many times from its last complete month, and is lived again without
    each driver and with other numbers of visits: ``true_customer`` then tells what each customer will bring, and
    ``true_drivers`` and ``true_response`` are there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = sorted(
        fault_manifest(book, written), key=lambda row: (row["kind"], row["file"], row["sheet"], row["row"])
    )
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, MANIFEST, lineterminator="\n")
    table.writeheader()
    table.writerows(found)
    (folder / "fault_manifest.csv").write_bytes(text.getvalue().encode())
    totals = json.dumps(true_totals(book, written, found), ensure_ascii=False, indent=1)
    (folder / "true_totals.json").write_bytes(totals.encode() + b"\n")
    world = book.world
    laws = json.dumps(dataclasses.asdict(world.preset), ensure_ascii=False, indent=1, default=str)
    (folder / "true_laws.json").write_bytes(laws.encode() + b"\n")
    tables = {
        "true_customer": true_customer(book, continue_world(world, paths=paths) if paths else None),
        "true_changes": true_changes(world),
        "true_pairs": true_pairs(world),
        "true_stocks": true_stocks(world),
        "true_wallet": true_wallet(world),
        "true_share": true_share(world),
    }
    if paths:
        tables |= {"true_drivers": true_drivers(world), "true_response": true_response(world)}
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd", store_schema=False)
