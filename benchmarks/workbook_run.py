"""The work on the workbook's own engine, by the functions that the notebooks call."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pandas as pd

from analysis.clean.cleaning import Cleaning
from analysis.clean.read import read_source
from analysis.core import params
from analysis.core.contracts import clean as contracts
from analysis.core.engine import open_engine
from analysis.models.history import History
from benchmarks.task import Task, open_task

PARAMS = Path(__file__).parents[1] / "params.yaml"


def main(task: Task) -> None:
    """Clean the export in a project of its own, then sum up the customers."""
    (task.folder / "dvc.yaml").touch()
    os.chdir(task.folder)
    loaded = params.load(PARAMS)
    settings = dataclasses.replace(
        loaded,
        source=dataclasses.replace(loaded.source, path=str(task.source)),
        engine=params.Engine(name="duckdb", memory_limit_gb=task.memory_limit_gb, threads=task.threads),
    )
    engine = open_engine(settings.engine)
    with engine:
        read = read_source(settings.source, settings.engine, engine.scratch)
        task.step("read")
        cleaning = Cleaning(settings, None, engine, read)
        cleaning.judge()
        task.step("judge")
        cleaning.store()
        task.step("store")
    as_of = pd.Timestamp(cleaning.period.as_of)
    with open_engine(settings.engine) as engine:
        history = History(
            engine, contracts.CUSTOMER_DAYS, contracts.CUSTOMER_RETURNS, cleaning.facts.loc[0, "value_name"]
        )
        history.summary(as_of, since=as_of - pd.DateOffset(years=1)).to_parquet(task.table("summary"))
        task.step("summary")
    task.close()


if __name__ == "__main__":
    main(open_task())
