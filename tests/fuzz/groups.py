"""Many cases judged together: each is read on its own, then the lines of all are judged and stored as one source.

To judge a handful of lines takes twenty times as long as to read them, and hardly longer for a hundred handfuls.
Each line keeps a number of its file, so that every case is still accounted for on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.clean.cleaning import Cleaning
from analysis.clean.read import SourceRead
from analysis.core.contracts.inputs import ORDERS
from analysis.core.engine import Engine, open_engine
from tests.fuzz.cases import Case
from tests.fuzz.harness import Outcome, Project
from tests.fuzz.oracle import faults_of

LARGEST = 120  # cases in a group
FILES = 1_000  # file numbers kept for each case
SAID_OF_ALL = {"decimal": "point", "day_first": True}
NUMBERS = ("file_no", "row_no", "rest_hash")
LINES = ("orders", "unreadable_lines")

_Waiting = list[tuple[int, Case, SourceRead]]


def run_group(
    project: Project, cases: Sequence[Case], rng: Random, alone: float, begin: Callable[[int], object] = lambda _: None
) -> Iterator[tuple[int, Outcome]]:
    """The outcome of each case by its place; a share ``alone`` runs without neighbours, as some faults show only then.

    ``begin`` is told the place of each case before it is touched.
    """
    waiting: _Waiting = []
    lonely: list[int] = []
    with project.cheap_connections():
        engine = open_engine(project.params.engine)
    with engine:
        for at, case in enumerate(cases):
            if not _may_join(case) or rng.random() < alone:
                lonely.append(at)
                continue
            begin(at)
            found = project.read(case, engine.scratch / str(at))
            if isinstance(found, Outcome):
                yield at, found
            elif set(found.tables) <= {*LINES} and "currency" not in found.present["orders"] and not found.currencies:
                waiting.append((at, case, found))
            else:
                lonely.append(at)
        outcomes, fault = _judged(project, engine, waiting)
    yield from outcomes
    if fault:
        lonely += [at for at, _, _ in waiting]
    any_failed = False
    for at in lonely:
        begin(at)
        outcome = project.run(cases[at])
        any_failed = any_failed or outcome.result == "failed"
        yield at, outcome
    if fault and not any_failed:
        yield waiting[0][0], Outcome("failed", f"only together with others: {fault}")


def _may_join(case: Case) -> bool:
    """Whether the user says of it what is said of all, so that no neighbour changes how it is read."""
    return case.said.items() >= SAID_OF_ALL.items() and case.said.keys() <= {*SAID_OF_ALL, "amount_basis"}


def _judged(project: Project, engine: Engine, waiting: _Waiting) -> tuple[list[tuple[int, Outcome]], str]:
    """The outcome of each, or what went wrong for all of them."""
    if not waiting:
        return [], ""
    project.put_back_last_run()

    def judge() -> str:
        cleaning = Cleaning(project.told(SAID_OF_ALL), None, engine, _merged([found for _, _, found in waiting], engine.scratch))
        cleaning.judge()
        cleaning.store()
        project.check_tables()
        return ""

    outcome = project.outcome(judge)
    if outcome.result != "clean":
        return [], outcome.said
    accounts = project.accounts()
    by_case = accounts.groupby(accounts.index // FILES).sum()
    return [(at, _accounted(case, found, by_case, place)) for place, (at, case, found) in enumerate(waiting)], ""


def _accounted(case: Case, found: SourceRead, by_case: pd.DataFrame, place: int) -> Outcome:
    lines, amount_e4 = (int(by_case.at[place, name]) if place in by_case.index else 0 for name in ("lines", "amount_e4"))
    faults = faults_of(case, found.input_files, lines, amount_e4)
    return Outcome("failed", faults) if faults else Outcome("clean")


def _merged(reads: Sequence[SourceRead], folder: Path) -> SourceRead:
    """All of ``reads`` as one source, in which the files of each have numbers of their own."""
    tables = {}
    for name in LINES:
        parts = [_shifted(pq.read_table(file), place) for place, one in enumerate(reads) for file in one.tables[name]]
        tables[name] = [folder / f"all_{name}.parquet"]
        pq.write_table(pa.concat_tables(parts, promote_options="default"), tables[name][0])
    has = {column for one in reads for column in one.present["orders"]}
    frames = {
        name: pd.concat([getattr(one, name).assign(file_no=lambda rows, place=place: rows["file_no"] + place * FILES)
                         for place, one in enumerate(reads)], ignore_index=True)
        for name in ("input_files", "column_map", "factors")
    }  # fmt: skip
    return SourceRead(
        tables, {"orders": tuple(name for name in ORDERS.by_name if name in has)}, frames["input_files"], frames["column_map"],
        frames["factors"], (), None, (),
    )  # fmt: skip


def _shifted(rows: pa.Table, place: int) -> pa.Table:
    at = rows.schema.get_field_index("file_no")
    shifted = rows.set_column(at, "file_no", pc.add(rows["file_no"], pa.scalar(place * FILES, pa.int64())))
    return shifted.cast(pa.schema([(name, pa.int64() if name in NUMBERS else pa.string()) for name in shifted.schema.names]))
