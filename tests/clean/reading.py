"""Small exports written to disk and read back as text tables."""

import re
from pathlib import Path

import duckdb

from analysis.clean.read import SourceRead, read_source
from analysis.clean.store import whole_lines
from analysis.core import params

ENGINE = params.Engine("duckdb", 1.0, 2)
NOTHING_SAID = {
    "tables": {}, "columns": {}, "encoding": None, "day_first": None, "decimal": None, "amount_basis": None, "tax_rate": None, "header": True,
    "largest_unpacked_gb": 4.0, "largest_expansion": 200,
}  # fmt: skip


def read(path: Path, scratch: Path, **said: object) -> SourceRead:
    """The source at ``path`` with what the user says in params.yaml."""
    scratch.mkdir(exist_ok=True)
    return read_source(params.Source(path=str(path), **{**NOTHING_SAID, **said}), ENGINE, scratch)


def write(folder: Path, **files: str | bytes) -> Path:
    """Files in ``folder``; ``__`` stands for the dot of a name."""
    folder.mkdir(exist_ok=True, parents=True)
    for name, content in files.items():
        raw = content if isinstance(content, bytes) else content.encode()
        (folder / name.replace("__", ".")).write_bytes(raw)
    return folder


def rows(found: SourceRead, columns: str, table: str = "orders") -> list[tuple]:
    """Chosen columns of a table in the order of file and row."""
    files = found.tables[table]
    source = f"read_parquet({[file.as_posix() for file in files]})"
    source = f"({whole_lines(files, source)})" if table == "orders" else source
    with duckdb.connect() as connection:
        return connection.execute(
            f"SELECT {columns} FROM {source} ORDER BY file_no, row_no"
        ).fetchall()


def exactly(sentence: str) -> str:
    """The whole message and nothing else, for ``match``."""
    return f"^{re.escape(sentence)}$"


def mapped(found: SourceRead) -> dict[str, str]:
    """Header to column, of the columns that are used."""
    used = found.column_map.dropna(subset=["column"])
    return dict(zip(used["header"], used["column"], strict=True))
