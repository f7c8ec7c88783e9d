"""One source through reader, judge and store, and whether it kept the promise.

The promise: either every line and all money is accounted for and every table keeps its contract, or one
``DataError`` or ``ParamsError`` says where, what, got and remedy and the tables of the last run stay as they were.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import resource
import shutil
import signal
import traceback
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from unittest import mock

import duckdb
import pyarrow.parquet as pq

from analysis.clean import cleaning as cleaning_module
from analysis.clean.cleaning import Cleaning, open_cleaning
from analysis.core import params
from analysis.core.contracts import clean as contracts
from analysis.core.contracts.schema import Table
from analysis.core.errors import DataError, ParamsError
from tests.fuzz.cases import Case

PARAMS = Path(__file__).parents[2] / "params.yaml"
TABLES = tuple(one for one in vars(contracts).values() if isinstance(one, Table))
LAST_RUN = b"the table of the last run"
SECONDS = 20  # for one case; the slowest good one takes less than one
MOST_MEMORY = 2 << 30  # bytes that a case may take at its peak
LONGEST_MESSAGE = 4_000  # characters
CASES_PER_DATABASE = 300
CONNECT = duckdb.connect


class TookTooLongError(Exception):
    """A case ran into its time limit."""


@dataclass(frozen=True)
class Outcome:
    """What became of a case: ``clean``, ``refused`` with its message, or ``failed`` with what went wrong."""

    result: str
    said: str = ""


class Project:
    """A folder in which cases run one after the other; the process works inside it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.raw, self.tables = home / "raw", home / "data" / "tables"
        self.tables.mkdir(parents=True)
        (home / "dvc.yaml").touch()
        os.chdir(home)
        loaded = params.load(PARAMS)
        engine = dataclasses.replace(loaded.engine, name="duckdb", memory_limit_gb=1.0, threads=1)
        self._params = dataclasses.replace(loaded, engine=engine, source=dataclasses.replace(loaded.source, path="raw"))
        self._databases: dict[str, duckdb.DuckDBPyConnection] = {}
        self._ran = 0

    def run(self, case: Case) -> Outcome:
        """Put the files of ``case`` in place, clean them, and look at what is left."""
        self._prepare(case)
        source = dataclasses.replace(self._params.source, **case.said)
        told = dataclasses.replace(self._params, source=source)
        try:
            with limited(SECONDS), self._cheap_engine(), mock.patch.object(cleaning_module.params, "load", return_value=told):
                cleaning = open_cleaning()
                with cleaning.engine:
                    cleaning.judge()
                    cleaning.store()
                faults = self._faults_of(case, cleaning)
                outcome = Outcome("failed", "; ".join(faults)) if faults else Outcome("clean")
        except (DataError, ParamsError) as error:
            outcome = Outcome("refused", str(error)) if not (ill := _ill_formed(error)) else Outcome("failed", f"{ill}: {error!s:.300}")
            outcome = outcome if self._tables_untouched() else Outcome("failed", f"tables half written before: {error!s:.300}")
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            outcome = Outcome("failed", "".join(traceback.format_exception(error)))
        left = self._left_over()
        return left if left and outcome.result != "failed" else outcome

    def _prepare(self, case: Case) -> None:
        shutil.rmtree(self.raw, ignore_errors=True)
        self.raw.mkdir()
        for name, content in case.files.items():
            file = self.raw / name
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
        for table in TABLES:
            (self.tables / f"{table.name}.parquet").write_bytes(LAST_RUN)

    @contextlib.contextmanager
    def _cheap_engine(self) -> Iterator[None]:
        """Every connection is a fresh cursor of a database that many cases share: opening one costs more than a case."""
        self._ran += 1
        if self._ran % CASES_PER_DATABASE == 0:
            self._databases.clear()

        def connect(config: dict[str, object]) -> duckdb.DuckDBPyConnection:
            kind = str(config["preserve_insertion_order"])
            if kind not in self._databases:
                self._databases[kind] = CONNECT(config={**config, "temp_directory": str(self.home / "spilled")})
            return self._databases[kind].cursor()

        with mock.patch("analysis.core.engine.duckdb.connect", connect):
            yield

    def _faults_of(self, case: Case, cleaning: Cleaning) -> list[str]:
        faults = []
        for table in TABLES:
            file = self.tables / f"{table.name}.parquet"
            table.check(pq.read_table(file, schema=table.arrow).to_pandas(date_as_object=False))
        lines, amount_e4 = self._accounted()
        read = int(cleaning.read.input_files.query("table_name in ('orders', 'order_lines')")["rows_read"].sum())
        if lines != read:
            faults.append(f"{read} lines read, {lines} accounted for")
        expected = case.expected
        if expected.lines is not None and lines != expected.lines:
            faults.append(f"{expected.lines} lines given, {lines} accounted for")
        if expected.amount_e4 is not None and amount_e4 != expected.amount_e4:
            faults.append(f"{expected.amount_e4} of money given, {amount_e4} accounted for")
        return faults

    def _accounted(self) -> tuple[int, int]:
        """Lines and money of the two stored tables of lines, counted without the product's code."""
        lines = amount = 0
        for name in ("order_lines", "rejected_lines"):
            written = pq.read_table(self.tables / f"{name}.parquet", columns=["raw_amount_e4"])["raw_amount_e4"]
            lines += len(written)
            amount += sum(value for value in written.to_pylist() if value is not None)
        return lines, amount

    def _tables_untouched(self) -> bool:
        found = {file.name: file.read_bytes() for file in self.tables.iterdir()}
        return found == {f"{table.name}.parquet": LAST_RUN for table in TABLES}

    def _left_over(self) -> Outcome | None:
        """What a case must not leave behind: half files, its scratch, or more memory than it may take."""
        names = {f"{table.name}.parquet" for table in TABLES}
        strange = sorted(file.name for file in self.tables.iterdir() if file.name not in names)
        strange += sorted(file.name for file in (self.home / "build").glob("scratch-*"))
        for file in (self.home / "build").glob("scratch-*"):
            shutil.rmtree(file)
        for name in set(strange):
            (self.tables / name).unlink(missing_ok=True)
        if strange:
            return Outcome("failed", f"left behind: {', '.join(strange)}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        return Outcome("failed", f"took {peak >> 20} MB") if peak > MOST_MEMORY else None


def _ill_formed(error: DataError | ParamsError) -> str:
    """What is wrong with the form of a message; empty where nothing is."""
    said = str(error)
    if not (error.where.strip() and error.what.strip() and error.remedy.strip()):
        return "a part of the message is empty"
    if len(said) > LONGEST_MESSAGE:
        return f"a message of {len(said)} characters"
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in said):
        return "signs in the message that a terminal would act on"
    return ""


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise ``TookTooLongError`` in the block after so many seconds."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TookTooLongError(f"more than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
