"""What a run of lifetime values is told and what it leaves behind. No package of the project is imported here."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

DAYS_PER_WEEK = 7
ORDERS_AHEAD_WEEKS = 52
VALUE_AHEAD_MONTHS = 12
DISCOUNT_YEARLY = 0.1
DISCOUNT_MONTHLY = (1 + DISCOUNT_YEARLY) ** (1 / 12) - 1
SUMMARY = ["customer_id", "repeats", "span_days", "age_days", "mean_value"]
PREDICTED = ["customer_id", "alive", "orders", "value"]


@dataclass
class Task:
    """One run.

    Attributes
    ----------
    source : the log of transactions, or the summary of a hold-out set.
    folder : where results go.
    end : last day of observation, ISO.
    model : ``bgnbd`` for the whole way to a value, ``pareto_nbd`` for the fit of its orders alone.
    threads : what an engine may use.
    horizon_days : of a hold-out.
    """

    source: Path
    folder: Path
    end: str = ""
    model: str = "bgnbd"
    threads: int = 1
    horizon_days: int = 0

    def __post_init__(self) -> None:
        self._steps: dict[str, float] = {}
        self._fits: dict[str, dict[str, float]] = {}
        self._user: dict[str, float] = {}
        self._last = self._last_user = 0.0
        self.step("start")  # the interpreter and the imports

    def log(self) -> pd.DataFrame:
        """The log of transactions, read in the same way by all."""
        table = pq.read_table(self.source)
        return table.to_pandas(date_as_object=False, split_blocks=True, self_destruct=True)

    def step(self, name: str) -> None:
        """The step ``name`` ended now; what is told of it is processor seconds, in all and without those of the system."""
        now, user = time.process_time(), os.times().user
        self._steps[name], self._last = round(now - self._last, 3), now
        self._user[name], self._last_user = round(user - self._last_user, 3), user

    def fitted(self, model: str, **parameters: Any) -> None:
        """The parameters of a fit, times in weeks."""
        self._fits[model] = {name: float(value) for name, value in parameters.items()}

    def table(self, name: str) -> Path:
        """Where table ``name`` is written."""
        return self.folder / f"{name}.parquet"

    def close(self) -> None:
        """Leave the seconds and the fits for the caller; what came after the last step was writing."""
        self.step("write")
        told = {"steps": self._steps, "user": self._user, "fits": self._fits}
        (self.folder / "told.json").write_text(json.dumps(told), encoding="utf-8")


def open_task() -> Task:
    """The task in the file that the command line names."""
    told = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    return Task(Path(told.pop("source")), Path(told.pop("folder")), **told)
