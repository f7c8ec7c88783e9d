"""What is behind the exports: every fault with its place, the customers as they are, and the exact totals."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq

from analysis.simulate.exports.book import Book
from analysis.simulate.exports.files import Written
from analysis.simulate.exports.manifest import MANIFEST, fault_manifest, true_totals
from analysis.simulate.truth.customers import true_customer


def write_truth(folder: Path, book: Book, written: Written) -> None:
    """``fault_manifest.csv``, ``true_customer.parquet`` and ``true_totals.json`` into ``folder``."""
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
    pq.write_table(true_customer(book), folder / "true_customer.parquet", compression="zstd", store_schema=False)
