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
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any
from unittest import mock

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from analysis.clean import cleaning as cleaning_module
from analysis.clean import packed
from analysis.clean.cleaning import open_cleaning
from analysis.clean.read import SourceRead, read_source
from analysis.core import params
from analysis.core.contracts import clean as contracts
from analysis.core.contracts.schema import Table
from analysis.core.errors import DataError, ParamsError
from tests.fuzz.cases import Case
from tests.fuzz.oracle import faults_of

PARAMS = Path(__file__).parents[2] / "params.yaml"
TABLES = tuple(one for one in vars(contracts).values() if isinstance(one, Table))
LAST_RUN = b"the table of the last run"
SECONDS = 20  # of processor time for a case, or all cases of a group; a good case takes less than one
MOST_MEMORY = 2 << 30  # bytes that the cases of a project may add to the largest that the process has been
LONGEST_MESSAGE = 4_000  # characters
CASES_PER_DATABASE = 300
CONNECT, TRIAL = duckdb.connect, packed._try_reader


def cheap_trial(found: Any) -> None:
    """No process of its own for newer workbooks: this one may fail, and its parent looks on. Old ones fail too often."""
    if found.file.suffix == ".xls":
        TRIAL(found)


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
        self.params = dataclasses.replace(loaded, engine=engine, source=dataclasses.replace(loaded.source, path="raw"))
        self._databases: dict[str, duckdb.DuckDBPyConnection] = {}
        self._ran = 0
        self._trial = cheap_trial
        self._before = _largest()

    def run(self, case: Case) -> Outcome:
        """Clean the files of ``case`` alone, from the reader to the stored tables, and look at what is left."""
        self.put_back_last_run()
        self._trial = TRIAL
        outcome = self.outcome(lambda: self._cleaned(case))
        self._trial = cheap_trial
        if outcome.result == "refused" and not self._tables_untouched():
            outcome = Outcome("failed", f"tables half written before: {outcome.said:.300}")
        left = self._left_over()
        return left if left and outcome.result != "failed" else outcome

    def read(self, case: Case, scratch: Path) -> SourceRead | Outcome:
        """Only read the files of ``case``, into ``scratch``."""
        found: list[SourceRead] = []

        def read() -> str:
            self.place(case)
            scratch.mkdir()
            told = self.told(case.said)
            found.append(read_source(told.source, told.engine, scratch))
            return ""

        outcome = self.outcome(read)
        if found:
            return found[0]
        shutil.rmtree(scratch, ignore_errors=True)
        return outcome

    def outcome(self, work: Callable[[], str]) -> Outcome:
        """What becomes of ``work``, which gives back what is wrong with its result."""
        self._ran += 1
        if self._ran % CASES_PER_DATABASE == 0:
            self._databases.clear()
        try:
            with limited(SECONDS), self.cheap_connections():
                faults = work()
        except (DataError, ParamsError) as error:
            ill = _ill_formed(error)
            return Outcome("failed", f"{ill}: {error!s:.300}") if ill else Outcome("refused", str(error))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            self._databases.clear()
            return Outcome("failed", "".join(traceback.format_exception(error)))
        return Outcome("failed", faults) if faults else Outcome("clean")

    def _cleaned(self, case: Case) -> str:
        self.place(case)
        with mock.patch.object(cleaning_module.params, "load", return_value=self.told(case.said)):
            cleaning = open_cleaning()
        with cleaning.engine:
            cleaning.judge()
            cleaning.store()
        self.check_tables()
        accounts = self.accounts()
        return faults_of(case, cleaning.read.input_files, int(accounts["lines"].sum()), int(accounts["amount_e4"].sum()))

    def told(self, said: Mapping[str, Any]) -> params.Params:
        return dataclasses.replace(self.params, source=dataclasses.replace(self.params.source, **said))

    def place(self, case: Case) -> None:
        """Make the files of ``case`` the source."""
        shutil.rmtree(self.raw, ignore_errors=True)
        self.raw.mkdir()
        for name, content in case.files.items():
            file = self.raw / name
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)

    def put_back_last_run(self) -> None:
        """The tables are those of an earlier run."""
        for table in TABLES:
            (self.tables / f"{table.name}.parquet").write_bytes(LAST_RUN)

    @contextlib.contextmanager
    def cheap_connections(self) -> Iterator[None]:
        """Every connection is a fresh cursor of a database that many cases share: opening one costs more than a case."""

        def connect(config: dict[str, object]) -> duckdb.DuckDBPyConnection:
            kind = str(config["preserve_insertion_order"])
            if kind not in self._databases:
                self._databases[kind] = CONNECT(config={**config, "temp_directory": str(self.home / "spilled")})
            return self._databases[kind].cursor()

        with mock.patch("analysis.core.engine.duckdb.connect", connect), mock.patch("analysis.clean.packed._try_reader", self._trial):
            yield

    def check_tables(self) -> None:
        """Raise ``ContractError`` where a stored table breaks its contract."""
        for table in TABLES:
            file = self.tables / f"{table.name}.parquet"
            table.check(pq.read_table(file, schema=table.arrow).to_pandas(date_as_object=False))

    def accounts(self) -> pd.DataFrame:
        """Lines and money of each file in the two stored tables of lines, counted without the product's code."""
        names, columns = ("order_lines", "rejected_lines"), ["file_no", "raw_amount_e4"]
        parts = [pq.read_table(self.tables / f"{name}.parquet", columns=columns).to_pandas() for name in names]
        lines = pd.concat([part.fillna({"raw_amount_e4": 0}).astype("int64") for part in parts])
        return lines.groupby("file_no")["raw_amount_e4"].agg(lines="size", amount_e4="sum")

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
        taken = _largest() - self._before
        return Outcome("failed", f"took {taken >> 20} MB") if taken > MOST_MEMORY else None


def _largest() -> int:
    """Bytes of this process at its largest so far, whatever it did before."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


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

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
