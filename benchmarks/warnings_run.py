"""Early warning on the tables of a large base, in a process of its own; beside it a plain loop over some of the customers.

python -m benchmarks.warnings_run OUT        in the folder of a project
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.churn.signal_records import Records
from analysis.churn.watching import Watching, watch_on
from analysis.core import params, tables
from analysis.core.contracts.clean import CUSTOMER_MONTHS, CUSTOMERS, RUN_FACTS
from analysis.core.engine import open_engine
from analysis.core.params_churn_warnings import AlarmBudget
from analysis.models.cusum import LogNormalValues
from analysis.models.watching import Watchable, Watched

KEY_SHARE = 0.05  # of the customers, by sales
CUSTOMERS_PER_ALARM = 200  # the budget grows with the base, or nobody could be watched
SAMPLE = 2_000  # customers of the plain loop


def main(out: Path) -> None:
    """Read, watch, and follow some customers one by one; write what each took and whether both say the same."""
    settings = params.load(Path("params.yaml"))
    people, as_of = _people(), tables.read(RUN_FACTS)["as_of"].iloc[0]
    budget = AlarmBudget(len(people) / CUSTOMERS_PER_ALARM, len(people) / CUSTOMERS_PER_ALARM)
    churn = dataclasses.replace(settings.churn, warnings=dataclasses.replace(settings.churn.warnings, alarms_monthly=budget))
    engine = dataclasses.replace(settings.engine, threads=os.cpu_count() or 1)
    began = time.perf_counter()
    with open_engine(engine) as opened:
        seen = watch_on(Records(opened, people, churn.warnings), as_of, churn)
    took = time.perf_counter() - began
    loop = _loop(seen)
    found = {
        "customers": len(people), "seconds": took, "cells": sum(part.of.who.size for parts in seen.signals.values() for part in parts),
        "signals": {name: int(sum(part.is_watched.sum() for part in parts)) for name, parts in seen.signals.items()},
        "alarms": len(seen.alarms), **loop,
    }  # fmt: skip
    out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _people() -> pd.DataFrame:
    people = tables.read(CUSTOMERS, columns=("customer_id", "industry", "region", "is_pseudo_customer"))
    people = people[~people.pop("is_pseudo_customer")].sort_values("customer_id", ignore_index=True)
    months = tables.read(CUSTOMER_MONTHS, columns=("customer_id", "revenue_e4"))
    paid = months.groupby("customer_id")["revenue_e4"].sum().reindex(people["customer_id"]).to_numpy()
    return people.assign(is_key=paid >= np.nanquantile(paid, 1 - KEY_SHARE))


def _loop(seen: Watching) -> dict[str, Any]:
    """Follow the order values of some customers in a plain loop, with the thresholds that were found."""
    part = max(seen.signals["order_value"], key=lambda one: one.of.row.size)
    of, rang = part.of, dict(zip(part.alarms["place"], part.alarms["day"], strict=True))
    some = np.unique(of.row)[:SAMPLE]
    began = time.perf_counter()
    told = {place: _first_alarm(of, place, part) for place in some.tolist()}
    took = time.perf_counter() - began
    same = all(told[place] == rang.get(place) for place in told)
    return {"loop_customers": len(told), "loop_seconds": took, "loop_agrees": same}


def _first_alarm(of: Watchable, place: int, part: Watched) -> float | None:
    """Day of the first alarm of one customer, observation by observation."""
    assert isinstance(of.law, LogNormalValues)
    fall, level = math.log(of.law.times), 0.0
    for row in range(int(np.searchsorted(of.row, place)), int(np.searchsorted(of.row, place, side="right"))):
        level = max(level + fall / of.law.sd**2 * (of.base[place] - of.x[row] - fall / 2), 0.0)
        if level >= part.threshold[place]:
            return float(of.ended[row])
    return None


if __name__ == "__main__":
    main(Path(sys.argv[1]))
