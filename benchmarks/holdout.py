"""Orders of months that no model has seen, on public data sets: each model of the project and of its peers.

``published`` is what the workbook would show: the way that did better on a hold-out of its own, which ends where this one
begins. ``published*`` is the way that did better on this hold-out, as the page proves it.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.core import params
from analysis.core.errors import FitError
from analysis.lifetime_value.histories import Histories
from analysis.lifetime_value.orders import order_model, prove
from analysis.lifetime_value.value_per_order import fit_value
from analysis.models.catalogue import REGULAR_MODELS, REPEAT_MODELS
from analysis.models.forecast import expected_events
from analysis.models.ranking import rank_correlation
from analysis.models.rates import TrailingRate, fit_common_rate
from benchmarks.environments import BUILD
from benchmarks.holdout_sets import ROOT, SOURCES, Split, split
from benchmarks.lifetime_value import PEERS, environment, pythons_of
from benchmarks.measure import measure

FILE = BUILD / "holdout.json"
OURS, PUBLISHED, PROVED = "workbook", "published", "published*"


def measure_holdout(datasets: str | None) -> int:
    """Print and write the table for every set; 0 when all ran."""
    if not datasets:
        print("benchmarks: name the folder of public data sets in ANALYSIS_DATASETS.")
        return 1
    found, peers = {}, pythons_of(PEERS)
    for name, source in SOURCES.items():
        print(f"{name} ...", flush=True)
        found[name] = score_set(split(source, Path(datasets)), peers)
        print(table(name, found[name]), flush=True)
    FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print("\n".join(verdict(name, one) for name, one in found.items()))
    print(f"Numbers: {FILE.relative_to(ROOT)}")
    return 0


def score_set(cut: Split, peers: dict[str, str]) -> dict[str, Any]:
    """Scores of every model on one set."""
    actual = cut.outer.after["orders"].to_numpy(float)
    predicted, failed = own_predictions(cut)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        source = Path(folder) / "summary.parquet"
        cut.outer.before[["repeats", "span_days", "age_days"]].to_parquet(source)
        for name, python in peers.items():
            theirs, faults = peer_predictions(name, python, source, cut.days)
            predicted |= {f"{name} {model}": theirs[model].to_numpy(float) for model in theirs}
            failed |= {f"{name} {model}": words for model, words in faults.items()}
    return {
        "customers": len(actual), "days": cut.days, "orders": int(actual.sum()), "failed": failed,
        "scores": {name: score(one, actual) for name, one in predicted.items()},
    }  # fmt: skip


def own_predictions(cut: Split) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Every model of the catalogue, the two rates, and what would be published."""
    settings = params.load(ROOT / "params.yaml").lifetime_value
    before, found, failed = cut.outer.before, {}, {}
    known = before.assign(log_gaps=cut.log_gaps)
    for name, fit in {**REPEAT_MODELS, **REGULAR_MODELS}.items():
        try:
            found[name] = fit(known)
        except FitError as fault:
            failed[f"{OURS} {name}"] = str(fault)
    found |= {"trailing_rate": TrailingRate(), "common_rate": fit_common_rate(before)}
    chosen = {PUBLISHED: winner(cut.inner, settings), PROVED: winner(cut.outer, settings)}
    for label, way in chosen.items():
        found[f"{label} ({way})"] = order_model(before, way, settings).fit
    orders = {f"{OURS} {name}": expected_events(fit, before, horizon_days=cut.days).to_numpy() for name, fit in found.items()}
    return orders, failed


def winner(histories: Histories, settings: params.LifetimeValue) -> str:
    """The way that the stage would publish from these histories."""
    value = fit_value(histories.before, settings) if len(histories.before) else None
    return prove(histories, value, settings).winner


def peer_predictions(name: str, python: str, summary: Path, days: int) -> tuple[pd.DataFrame, dict[str, str]]:
    """What a peer expects, by model, and which of its models failed with what words."""
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        file = Path(folder) / "task.json"
        file.write_text(json.dumps({"source": str(summary), "folder": folder, "horizon_days": days}), encoding="utf-8")
        measure([python, "-W", "ignore", "-m", f"benchmarks.{name}_holdout", str(file)], ROOT, environment(name))
        failed = json.loads((Path(folder) / "failed.json").read_text(encoding="utf-8"))
        return pd.read_parquet(Path(folder) / "predicted.parquet"), failed


def score(predicted: np.ndarray, actual: np.ndarray) -> dict[str, float | None]:
    """Errors per customer and of the total, and Spearman's rank correlation."""
    miss = predicted - actual
    return {
        "mae": float(np.abs(miss).mean()), "rmse": float(np.sqrt((miss**2).mean())),
        "total_error": float(predicted.sum() / actual.sum() - 1), "rank_correlation": rank_correlation(predicted, actual),
    }  # fmt: skip


def table(name: str, found: dict[str, Any]) -> str:
    """The scores of one set."""
    rows = [f"\n{name}: {found['customers']:,} customers, {found['orders']:,} orders in {found['days']} days",
            f"{'':42}{'MAE':>9}{'RMSE':>9}{'total':>9}{'rank':>8}"]  # fmt: skip
    for model, one in found["scores"].items():
        rank = "-" if one["rank_correlation"] is None else f"{one['rank_correlation']:.3f}"
        rows.append(f"{model:42}{one['mae']:9.4f}{one['rmse']:9.4f}{one['total_error']:+9.1%}{rank:>8}")
    return "\n".join(rows + [f"{model:42} failed: {words}" for model, words in found["failed"].items()])


def verdict(name: str, found: dict[str, Any]) -> str:
    """What is published against the best number of any model of the peers."""
    scores = found["scores"]
    theirs = [one for model, one in scores.items() if model.split()[0] in PEERS]
    if not theirs:
        return f"{name}: no peer to compare with."
    told = []
    for label in (PUBLISHED, PROVED):
        ours = next(one for model, one in scores.items() if model.startswith(f"{OURS} {label} "))
        mae, total = min(one["mae"] for one in theirs), min(abs(one["total_error"]) for one in theirs)
        told.append(f"{label} MAE {ours['mae']:.4f}, best peer {mae:.4f}; total {abs(ours['total_error']):.1%}, best peer {total:.1%}")
    return f"{name}: " + " | ".join(told)

