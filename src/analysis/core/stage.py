"""What a notebook opens first: its parameters, its date, its words."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.core import params, project, tables
from analysis.core.contracts.clean import RUN_FACTS
from analysis.core.contracts.figures import figures
from analysis.core.errors import ParamsError
from analysis.core.estimate import Figure, figures_frame


@dataclass(frozen=True)
class Stage:
    """One stage of a run.

    Attributes
    ----------
    name : stage = notebook = package = params section = report.
    params : all of ``params.yaml``; a stage reads the sections that ``dvc.yaml`` lists for it. Its currency is that
        of the data where the file leaves it open.
    as_of : the last day that counts; every table is a function of rows dated up to here.
    """

    name: str
    params: params.Params
    as_of: pd.Timestamp

    @property
    def settings(self) -> Any:
        """The stage's own section of ``params.yaml``."""
        return getattr(self.params, self.name)

    def publish(self, found: Iterable[Figure]) -> pd.DataFrame:
        """Store the stage's figures as a table, and as metrics that ``dvc metrics diff`` compares."""
        frame = figures_frame(found, stage=self.name, as_of=self.as_of)
        stored = tables.write(figures(self.name), frame)
        metrics = {row.name: row.value for row in stored.set_index("name", drop=False).itertuples(index=False)}
        file = project.inside(f"reports/metrics/{self.name}.json")
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_name(f".{file.name}.tmp")
        partial.write_text(
            json.dumps({name: None if pd.isna(value) else value for name, value in metrics.items()}, indent=2) + "\n",
            encoding="utf-8",
        )
        os.replace(partial, file)
        return stored


def open_stage(name: str, params_file: str = "params.yaml", as_of: str | None = None) -> Stage:
    """Open stage ``name`` on the tables that the clean stage has written.

    Parameters
    ----------
    params_file : read from the project's root.
    as_of : a day as "2026-09-30"; ``None`` is the one the tables stand at. Another day is an error, since
        the tables are cut at theirs.

    Raises
    ------
    ParamsError, DataError
    """
    loaded = params.load(project.inside(params_file))
    facts = tables.read(RUN_FACTS).iloc[0]
    standing = facts["as_of"]
    asked = as_of or (loaded.as_of and loaded.as_of.isoformat())
    if asked and pd.Timestamp(asked) != standing:
        raise ParamsError(
            params_file, f"the tables stand at {standing:%Y-%m-%d}, not at the as_of asked for", asked,
            f"Run `python3 workbook.py refresh --as-of {asked}`",
        )  # fmt: skip
    report = dataclasses.replace(loaded.report, currency=facts["currency"])
    return Stage(name, dataclasses.replace(loaded, report=report), standing)


def day(text: str | datetime.date) -> pd.Timestamp:
    """A day as the tables hold it."""
    return pd.Timestamp(text).as_unit("s")
