"""Expected orders of a hold-out by each model of pymc-marketing, maximum a posteriori with its default priors."""

from __future__ import annotations

import json

import pandas as pd
from pymc_marketing import clv

from benchmarks.lifetime_task import DAYS_PER_WEEK, Task, open_task

MODELS = {"bgnbd": clv.BetaGeoModel, "mbgnbd": clv.ModifiedBetaGeoModel, "pareto_nbd": clv.ParetoNBDModel}


def main(task: Task) -> None:
    """Fit to the summary, predict the days of the hold-out."""
    told = pd.read_parquet(task.source)
    summary = pd.DataFrame({
        "customer_id": range(len(told)), "frequency": told["repeats"],
        "recency": told["span_days"] / DAYS_PER_WEEK, "T": told["age_days"] / DAYS_PER_WEEK,
    })  # fmt: skip
    found = {}
    for name, kind in MODELS.items():
        model = kind(summary)
        model.fit(method="map", progressbar=False)
        task.fitted(name, **{key: model.fit_result[key].item() for key in model.fit_result if model.fit_result[key].size == 1})
        found[name] = model.expected_purchases(summary, future_t=task.horizon_days / DAYS_PER_WEEK).to_numpy().ravel()
    pd.DataFrame(found).to_parquet(task.table("predicted"))
    (task.folder / "failed.json").write_text(json.dumps({}), encoding="utf-8")
    task.close()


if __name__ == "__main__":
    main(open_task())
