"""A small project in which tests clean a handful of lines, drawn as text."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.clean.cleaning import Cleaning
from analysis.clean.read import SourceRead
from analysis.core import params
from analysis.core.contracts.inputs import ORDERS
from analysis.core.engine import open_engine

PARAMS = Path(__file__).parents[2] / "params.yaml"
TEXTS = tuple(column.name for column in ORDERS.columns if column.name not in ("file_no", "row_no", "source_file"))


def drawn(table: str) -> pd.DataFrame:
    """Rows of a table drawn with bars; an empty cell is a missing one."""
    header, *rows = [[cell.strip() for cell in line.strip().split("|")] for line in table.strip().splitlines()]
    return pd.DataFrame(rows, columns=header).replace({"": None})


def source_of(lines: pd.DataFrame, folder: Path, factors: dict[tuple[int, str], float] | None = None) -> SourceRead:
    """What the reader would hand over for ``lines``; ``file`` numbers the file a line comes from."""
    files = lines["file"].astype(int) if "file" in lines else pd.Series(1, index=lines.index)
    content = {
        "file_no": pa.array(files, pa.int64()),
        "row_no": pa.array(lines.groupby(files).cumcount() + 2, pa.int64()),
        "source_file": pa.array([f"file {no}" for no in files], pa.string()),
        **{name: pa.array(lines.get(name, pd.Series(None, index=lines.index, dtype=object)), pa.string()) for name in TEXTS},
        "rest_hash": pa.array([0] * len(lines), pa.int64()),
    }
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.table(content), folder / "orders.parquet")
    none = {"file_no": pa.int64(), "row_no": pa.int64(), "source_file": pa.string(), "reason": pa.string(), "text": pa.string()}
    pq.write_table(pa.table({name: pa.array([], kind) for name, kind in none.items()}), folder / "unreadable.parquet")
    numbers = sorted(set(files))
    return SourceRead(
        tables={"orders": [folder / "orders.parquet"], "unreadable_lines": [folder / "unreadable.parquet"]},
        present={"orders": tuple(name for name in TEXTS if name in lines)},
        input_files=pd.DataFrame(
            {"file_no": numbers, "source_file": [f"file {no}" for no in numbers], "table_name": "orders",
             "rows_read": [int((files == no).sum()) for no in numbers], "encoding": "utf-8", "header_row": 1,
             "sha256": [str(no) for no in numbers], "note": None}
        ),
        column_map=pd.DataFrame(
            [{"file_no": no, "position": place + 1, "header": name, "column": name, "factor": 1.0, "note": "used"}
             for no in numbers for place, name in enumerate(name for name in TEXTS if name in lines)]
        ),
        factors=pd.DataFrame(
            [{"file_no": no, "column": name, "factor": factor} for (no, name), factor in (factors or {}).items()],
            columns=["file_no", "column", "factor"],
        ),
        notes=(), amount_basis=None, currencies=(),
    )  # fmt: skip


def cleaned(table: str | pd.DataFrame, folder: Path, *, as_of: str | None = None, engine=None, factors=None, source=None,
            report=None, **clean) -> Cleaning:  # fmt: skip
    """Lines cleaned and stored under ``folder``, which becomes the project; keywords change the section clean."""
    lines = drawn(table) if isinstance(table, str) else table
    (folder / "dvc.yaml").touch()
    loaded = params.load(PARAMS)
    loaded = dataclasses.replace(
        loaded, clean=dataclasses.replace(loaded.clean, **clean), source=dataclasses.replace(loaded.source, **(source or {})),
        report=report or loaded.report,
    )
    asked = pd.Timestamp(as_of).date() if as_of else None
    work = Cleaning(loaded, asked, engine or open_engine(loaded.engine), source_of(lines, folder / "raw", factors))
    work.judge()
    work.store()
    return work
