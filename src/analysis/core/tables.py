"""Contracted tables on disk: the path follows from the name, the bytes from the content."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.core import project
from analysis.core.contracts.schema import Table
from analysis.core.errors import DataError
from analysis.core.frames import Coded, rises, to_frame

SIGNIFICANT_DIGITS = 10  # model results differ in the last bits between kinds of processor
ROUNDING = 10.0 ** (1 - SIGNIFICANT_DIGITS)  # by how much a stored number may be off, as a share of it


def path(table: Table) -> Path:
    """File of ``table``."""
    return project.inside(f"data/{table.folder}/{table.name}.parquet")


def read(table: Table, coded: Coded | None = None, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """The stored table, or some of its ``columns``; dates come as ``datetime64``, and texts of the columns ``coded`` as
    one of the categories."""
    file = path(table)
    if not file.is_file():
        raise DataError(f"data/{table.folder}/{table.name}.parquet", "the table is not there", None,
                        "Run `python3 workbook.py`, or the notebook that writes it")  # fmt: skip
    # Texts are coded afterwards, since reading does not know every way in which they are stored.
    return to_frame(pq.read_table(file, schema=table.arrow, columns=columns and list(columns)), coded)


def by_key(table: Table, frame: pd.DataFrame, **key: object) -> pd.DataFrame:
    """Rows of ``frame`` with these values in the key, by the one key column left, in the contract's order of its values."""
    (left,) = set(table.key) - set(key)
    order = table.by_name[left].values
    found = frame[(frame[list(key)] == pd.Series(key)).all(axis=1)]
    return found.sort_values(left, key=lambda values: values.map(order.index)).set_index(left)


def without_rows(table: Table) -> pd.DataFrame:
    """What stands for ``table`` where the data cannot fill it."""
    return table.arrow.empty_table().to_pandas(date_as_object=False)


def write(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Check ``frame`` against its contract, store it sorted by its key, and give back what was stored."""
    table.check(frame)
    ordered, key = frame[list(table.by_name)], list(table.key)
    ordered = ordered.reset_index(drop=True) if rises(ordered, key) else ordered.sort_values(key, kind="stable", ignore_index=True)
    for column in table.columns:
        if column.kind in ("float", "money", "ratio"):
            ordered[column.name] = rounded(ordered[column.name].astype("float64"))
    write_arrow(pa.Table.from_pandas(ordered, schema=table.arrow, preserve_index=False), path(table))
    return ordered


def write_arrow(content: pa.Table, file: Path) -> None:
    """Write ``content`` whole or not at all; equal content gives equal bytes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    content = content.replace_schema_metadata(None).combine_chunks()
    partial = file.with_name(f".{file.name}.tmp")  # one name, so that killed runs leave at most one
    try:
        pq.write_table(content, partial, compression="zstd", version="2.6", store_schema=False)
        os.replace(partial, file)
    finally:
        partial.unlink(missing_ok=True)


def rounded(values: pd.Series) -> pd.Series:
    """``values`` to ten significant digits, so that the last bits of a processor do not change a file."""
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)
    safe = np.where(np.isfinite(numbers) & (numbers != 0), numbers, 1.0)
    scale = 10.0 ** (SIGNIFICANT_DIGITS - 1 - np.floor(np.log10(np.abs(safe))))
    with np.errstate(over="ignore", invalid="ignore"):
        short = np.where(np.isfinite(scale), np.round(safe * scale) / scale, safe)
    return pd.Series(np.where(safe == numbers, short, numbers), index=values.index, name=values.name)
