"""Row-level work as SQL, run by DuckDB or by the user's own Spark session; ``dialect`` says how it is written."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.core import params, project
from analysis.core.dialect import PARQUET, Dialect, SparkDialect, literal
from analysis.core.errors import DataError
from analysis.core.frames import Coded, to_frame
from analysis.core.processes import lives


class Engine(Protocol):
    """What a step may ask of an engine."""

    @property
    def dialect(self) -> Dialect:
        """How its SQL is written."""

    @property
    def scratch(self) -> Path:
        """A folder that vanishes with the engine."""

    def __enter__(self) -> Engine:
        """Use it in a ``with`` block; the scratch folder goes with it."""

    def __exit__(self, kind: type | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        """Close it."""

    def view(self, name: str, files: Sequence[Path]) -> None:
        """Make the Parquet ``files`` readable as one table ``name``; all have the same columns."""

    def define(self, name: str, sql: str) -> None:
        """Give the query ``sql`` a name."""

    def store(self, sql: str, file: Path) -> None:
        """Write the rows of ``sql`` to the Parquet ``file``, in the query's order, whole or not at all."""

    def frame(self, sql: str, by: Sequence[str] = (), coded: Coded | None = None) -> pd.DataFrame:
        """The rows of ``sql``, sorted ``by`` columns; only for results of the size of the customer base.

        Texts of the columns ``coded`` come as one of the categories.
        """


class DuckEngine:
    """DuckDB in this process: out of core, within a memory limit, in a scratch folder of its own."""

    dialect = Dialect()

    def __init__(self, *, memory_limit_gb: float, threads: int) -> None:
        build = project.inside("build")
        build.mkdir(exist_ok=True)
        _sweep(build)
        self._scratch = Path(tempfile.mkdtemp(prefix=f"scratch-{os.getpid()}-", dir=build))
        free_gb = shutil.disk_usage(build).free / 1e9
        self._connection = duckdb.connect(
            config={
                "memory_limit": f"{memory_limit_gb}GB",
                "threads": threads,
                "temp_directory": str(self._scratch),
                "max_temp_directory_size": f"{max(free_gb - 1, 0.1):.1f}GB",
                "preserve_insertion_order": "false",
            }
        )
        self._connection.execute("SET TimeZone = 'UTC'")

    def __enter__(self) -> DuckEngine:
        return self

    def __exit__(self, kind: type | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()
        shutil.rmtree(self._scratch, ignore_errors=True)
        pa.default_memory_pool().release_unused()  # or Arrow keeps what the next engine could use

    @property
    def scratch(self) -> Path:
        """A folder that vanishes with the engine."""
        return self._scratch

    def view(self, name: str, files: Sequence[Path]) -> None:
        listed = ", ".join(literal(file.as_posix()) for file in files)
        self.define(name, f"SELECT * FROM read_parquet([{listed}], union_by_name = true)")

    def define(self, name: str, sql: str) -> None:
        self._run(f"CREATE OR REPLACE TEMP VIEW {name} AS {sql}")

    def store(self, sql: str, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(f".{file.name}.tmp")
        try:
            self._run(f"COPY ({sql}) TO {literal(partial.as_posix())} ({PARQUET})")
            partial.replace(file)
        finally:
            partial.unlink(missing_ok=True)

    def frame(self, sql: str, by: Sequence[str] = (), coded: Coded | None = None) -> pd.DataFrame:
        if by:
            sql = f"SELECT * FROM ({sql}) AS found ORDER BY {', '.join(by)}"
        try:
            rows = self._connection.sql(sql).to_arrow_table()
        except duckdb.OutOfMemoryException as fault:
            raise too_small(fault) from None
        return to_frame(rows, coded)

    def _run(self, sql: str) -> None:
        try:
            self._connection.execute(sql)
        except duckdb.OutOfMemoryException as fault:
            raise too_small(fault) from None


def _sweep(build: Path) -> None:
    """Remove the scratch folders of processes that were killed."""
    for folder in build.glob("scratch-*-*"):
        if not lives(int(folder.name.split("-")[1])):
            shutil.rmtree(folder, ignore_errors=True)


def too_small(fault: Exception) -> DataError:
    """What to say where DuckDB has no more room."""
    return DataError(
        "params.yaml, section engine", "a step needs more memory or disk than it was given",
        str(fault).splitlines()[0], "Raise memory_limit_gb, free some disk, or set name to spark",
    )  # fmt: skip


class SparkEngine:
    """The user's own Spark session, classic or Connect."""

    dialect = SparkDialect()

    def __init__(self, session: Any) -> None:
        self._session = session
        session.conf.set("spark.sql.session.timeZone", "UTC")
        self._scratch = Path(tempfile.mkdtemp(prefix="scratch-"))

    def __enter__(self) -> SparkEngine:
        return self

    def __exit__(self, kind: type | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)

    @property
    def scratch(self) -> Path:
        """A folder that vanishes with the engine; the session must see the same disk."""
        return self._scratch

    def view(self, name: str, files: Sequence[Path]) -> None:
        self._session.read.parquet(*(str(file) for file in files)).createOrReplaceTempView(name)

    def define(self, name: str, sql: str) -> None:
        self._session.sql(sql).createOrReplaceTempView(name)

    def store(self, sql: str, file: Path) -> None:
        folder = Path(tempfile.mkdtemp(prefix="store-", dir=self._scratch))
        rows = self._session.sql(sql)
        rows.coalesce(1).write.mode("overwrite").parquet(str(folder))
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(f".{file.name}.tmp")
        written = sorted(folder.glob("*.parquet"))
        if len(written) == 1:
            shutil.copyfile(written[0], partial)
        else:  # Spark writes one file; other servers of its protocol write several, or none for no rows
            pq.write_table(pq.read_table(folder) if written else rows.toArrow(), partial)
        partial.replace(file)

    def frame(self, sql: str, by: Sequence[str] = (), coded: Coded | None = None) -> pd.DataFrame:
        file = self._scratch / "frame.parquet"
        self.store(sql, file)
        found = to_frame(pq.read_table(file), coded)
        return found.sort_values(list(by), ignore_index=True) if by else found


def open_engine(settings: params.Engine) -> DuckEngine | SparkEngine:
    """The engine that ``params.yaml`` names."""
    if settings.name == "duckdb":
        return DuckEngine(memory_limit_gb=settings.memory_limit_gb, threads=settings.threads)
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise DataError("params.yaml, section engine", "Spark is not installed here", settings.name,
                        "Run `pip install analysis[spark]`, or set name to duckdb") from None  # fmt: skip
    return SparkEngine(SparkSession.builder.getOrCreate())
