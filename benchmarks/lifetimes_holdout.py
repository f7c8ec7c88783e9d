"""Expected orders of a hold-out by each model of lifetimes 0.11.3; one that does not converge leaves its words."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter
from lifetimes.utils import ConvergenceError

from benchmarks.lifetime_task import DAYS_PER_WEEK, Task, open_task

UNITS = {"repeats": 1, "span_days": DAYS_PER_WEEK, "age_days": DAYS_PER_WEEK}
MODELS = {"bgnbd": BetaGeoFitter, "mbgnbd": ModifiedBetaGeoFitter, "pareto_nbd": ParetoNBDFitter}


def main(task: Task) -> None:
    """Fit to the summary, predict the days of the hold-out."""
    summary = pd.read_parquet(task.source)
    history = tuple((summary[name] / unit).to_numpy(float) for name, unit in UNITS.items())
    found, failed = {}, {}
    for name, fitter in MODELS.items():
        try:
            model = fitter().fit(*history)
        except ConvergenceError as fault:
            failed[name] = str(fault).strip().splitlines()[0]
            continue
        orders = model.conditional_expected_number_of_purchases_up_to_time(task.horizon_days / DAYS_PER_WEEK, *history)
        found[name] = np.asarray(orders)
        task.fitted(name, **model.params_)
    pd.DataFrame(found).to_parquet(task.table("predicted"))
    (task.folder / "failed.json").write_text(json.dumps(failed), encoding="utf-8")
    task.close()


if __name__ == "__main__":
    main(open_task())
