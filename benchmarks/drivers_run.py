"""One program of the benchmark of drivers: python -m benchmarks.drivers_run PROGRAM CUSTOMERS MONTHS OUT

Customers at risk month by month, with three covariates that slow a return down; a hazard with a level for every month of
silence and errors that are clustered by customer. Writes the seconds of the fit and what it found.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

EFFECTS = {"late": -0.3, "complaints": -0.1, "range": 0.2}


def made(customers: int, months: int) -> pd.DataFrame:
    """One row a customer and month at risk, until its next order: half of all customers begin a second spell."""
    rng = np.random.default_rng(20260930)
    entity = np.concatenate([np.arange(customers), np.arange(customers // 2)])
    values = {"late": rng.integers(0, 2, entity.size), "complaints": rng.integers(0, 11, entity.size), "range": rng.integers(-2, 3, entity.size)}
    score = sum(EFFECTS[name] * values[name] for name in EFFECTS)
    chance = -np.expm1(-np.exp(-2.0 - 0.03 * np.arange(months) + score[:, None]))
    happened = rng.random(chance.shape) < chance
    length = np.where(happened.any(axis=1), happened.argmax(axis=1) + 1, months)
    spell = np.repeat(np.arange(entity.size), length)
    period = np.arange(spell.size) - np.repeat(np.cumsum(length) - length, length) + 1
    columns = {name: column[spell].astype(float) for name, column in values.items()}
    return pd.DataFrame({"entity": entity[spell], "period": period, "happened": happened[spell, period - 1], **columns})


def workbook(rows: pd.DataFrame) -> pd.DataFrame:
    """Equal rows counted once."""
    from analysis.models.person_periods import cells_of_rows
    from analysis.models.return_hazard import fit_return_hazard

    fit = fit_return_hazard(cells_of_rows(rows, list(EFFECTS)))
    return pd.DataFrame({"estimate": fit.params, "error": fit.bse}).loc[list(EFFECTS)]


def statsmodels(rows: pd.DataFrame) -> pd.DataFrame:
    """Row by row, as its documentation has it."""
    import statsmodels.api as sm

    levels = pd.get_dummies(rows["period"], prefix="period", dtype=float)
    design = pd.concat([levels, rows[list(EFFECTS)]], axis=1)
    family = sm.families.Binomial(sm.families.links.CLogLog())
    fit = sm.GLM(rows["happened"].astype(float), design, family=family).fit(cov_type="cluster", cov_kwds={"groups": rows["entity"].to_numpy()})
    return pd.DataFrame({"estimate": fit.params, "error": fit.bse}).loc[list(EFFECTS)]


PROGRAMS = {"workbook": workbook, "statsmodels": statsmodels}


def main(program: str, customers: int, months: int, out: Path) -> None:
    """Make the rows, fit, and write down."""
    rows = made(customers, months)
    wall, began = time.perf_counter(), time.process_time()
    found = PROGRAMS[program](rows)
    taken = {"cpu": time.process_time() - began, "wall": time.perf_counter() - wall}
    out.write_text(json.dumps({"rows": len(rows), **taken, "found": found.to_dict()}), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
