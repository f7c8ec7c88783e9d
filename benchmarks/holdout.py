"""Orders of months that no model has seen, on public data sets: each model of the project and of its peers.

``published`` is what the workbook would have shown on the day of the cut: the average of its models, or the way that did
clearly better at its own origins before it. ``published*`` is the way that did best on this hold-out, which nobody could have known.
One cut says little of who predicts better; so the published way is also held against BG/NBD, which the peers fit alike, at every cut.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.core import params
from analysis.lifetime_value.orders import Way, expected_orders, fit_ways, ways_of
from analysis.lifetime_value.proof import prove
from analysis.models.catalogue import ALL_MODELS
from analysis.models.ranking import rank_correlation
from benchmarks.environments import BUILD
from benchmarks.holdout_sets import ROOT, SOURCES, Split, splits
from benchmarks.lifetime_value import PEERS, environment, pythons_of
from benchmarks.measure import measure

FILE = BUILD / "holdout.json"
PLAIN = "bgnbd"  # what a user of a peer takes first
ROUNDING = 1e-3  # of an error: how far optimisers end from one another
OURS, PUBLISHED, PROVED = "workbook", "published", "published*"


def measure_holdout(datasets: str | None) -> int:
    """Print and write the table for every set; 0 when all ran."""
    if not datasets:
        print("benchmarks: name the folder of public data sets in ANALYSIS_DATASETS.")
        return 1
    found, cuts, peers = {}, [], pythons_of(PEERS)
    for name, source in SOURCES.items():
        print(f"{name} ...", flush=True)
        for cut in splits(source, Path(datasets)):
            if name not in found:
                found[name] = score_set(cut, peers)
                print(table(name, found[name]), flush=True)
            else:
                cuts.append({"set": name} | score_cut(cut))
    FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print("\n".join(verdict(name, one) for name, one in found.items()))
    print(over_cuts(pd.DataFrame(cuts)))
    print(f"Numbers: {FILE.relative_to(ROOT)}")
    return 0


def score_set(cut: Split, peers: dict[str, str]) -> dict[str, Any]:
    """Scores of every model on one set."""
    settings = params.load(ROOT / "params.yaml").lifetime_value
    predicted = own_predictions(cut, settings)
    scores = {f"{OURS} {way.method}{' on season' * (way.clock_name == 'season')}": score(orders, cut.orders)
              for way, orders in predicted.items()}  # fmt: skip
    shown, level = published(cut, settings)
    for label, way, times in ((PUBLISHED, shown, level), (PROVED, least_squared_error(predicted, cut), 1.0)):
        name = f"{way.method}{' on season' * (way.clock_name == 'season')}{f' x {times:.2f}' if times != 1 else ''}"
        scores[f"{OURS} {label} ({name})"] = score(times * predicted[way], cut.orders)
    failed = {}
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        source = Path(folder) / "summary.parquet"
        cut.known.now[["repeats", "span_days", "age_days"]].to_parquet(source)
        for name, python in peers.items():
            theirs, faults = peer_predictions(name, python, source, cut.days)
            scores |= {f"{name} {model}": score(theirs[model].to_numpy(float), cut.orders) for model in theirs}
            failed |= {f"{name} {model}": words for model, words in faults.items()}
    return {"customers": len(cut.orders), "days": cut.days, "orders": int(cut.orders.sum()), "failed": failed, "scores": scores}


def own_predictions(cut: Split, settings: params.LifetimeValue) -> dict[Way, np.ndarray]:
    """What each way of the workbook expects: every model of the catalogue on each clock, and the plain rules."""
    known = cut.known.known
    more = [Way(method) for method in ALL_MODELS if method not in settings.models]
    ways = [*ways_of(settings, seasonal=known.seasonal is not None), *more, Way("common_rate")]
    return expected_orders(fit_ways(ways, known, settings), known, cut.days)


def published(cut: Split, settings: params.LifetimeValue) -> tuple[Way, float]:
    """The way that the workbook would have shown at the cut, and what it would have multiplied it by."""
    proof = prove(cut.known, settings)
    return proof.winner, proof.widening.orders_level


def score_cut(cut: Split) -> dict[str, Any]:
    """Scores at one cut of what the workbook would have shown, and of BG/NBD."""
    settings = params.load(ROOT / "params.yaml").lifetime_value
    predicted = own_predictions(cut, settings)
    way, level = published(cut, settings)
    shown = {OURS: level * predicted[way], PLAIN: predicted[Way(PLAIN)]}
    return {(name, measure): value for name, orders in shown.items() for measure, value in score(orders, cut.orders).items()}


def over_cuts(cuts: pd.DataFrame) -> str:
    """How the published way compares with BG/NBD over all cuts of each set, and of all sets."""
    rows = [f"{'published against ' + PLAIN + ', all cuts':34}{'cuts':>6}{'MAE':>17}{'RMSE':>17}{'total, mean error':>22}"]
    for name, some in [*cuts.groupby("set", sort=False), ("all", cuts)]:
        told = [f"{_mean_ratio(some, measure):+.1%}, {_wins(some, measure)}" for measure in ("mae", "rmse")]
        total = [some[who, "total_error"].abs() for who in (OURS, PLAIN)]
        told.append(f"{total[0].mean():.1%} to {total[1].mean():.1%}, {_wins(some, 'total_error')}")
        rows.append(f"{name:34}{len(some):6}{told[0]:>17}{told[1]:>17}{told[2]:>22}")
    return "\n".join([*rows, "Better : worse; the others are the same."])


def _mean_ratio(cuts: pd.DataFrame, measure: str) -> float:
    return float((cuts[OURS, measure] / cuts[PLAIN, measure]).mean() - 1)


def _wins(cuts: pd.DataFrame, measure: str) -> str:
    ours, theirs = cuts[OURS, measure].abs(), cuts[PLAIN, measure].abs()
    return f"{(ours < theirs * (1 - ROUNDING)).sum()}:{(ours > theirs * (1 + ROUNDING)).sum()}"


def least_squared_error(predicted: dict[Way, np.ndarray], cut: Split) -> Way:
    """The way that this hold-out itself would choose, among those that the stage compares."""
    error = {way: score(orders, cut.orders)["rmse"] for way, orders in predicted.items() if way.method != "common_rate"}
    return min(error, key=error.__getitem__)


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
    """Chosen before the hold-out against the peers' first model, and the best in hindsight against their best in hindsight."""
    scores = found["scores"]
    theirs = {model: one for model, one in scores.items() if model.split()[0] in PEERS}
    if not theirs:
        return f"{name}: no peer to compare with."
    plain = [one for model, one in theirs.items() if model.endswith(f" {PLAIN}")]
    told = []
    for label, against, words in ((PUBLISHED, plain, f"their {PLAIN}"), (PROVED, list(theirs.values()), "their best model")):
        ours = next(one for model, one in scores.items() if model.startswith(f"{OURS} {label} "))
        mae, total = min(one["mae"] for one in against), min(abs(one["total_error"]) for one in against)
        told.append(f"{label}: MAE {_against(ours['mae'], mae, '.4f')}, total {_against(abs(ours['total_error']), total, '.1%')} ({words})")
    return f"{name}\n  " + "\n  ".join(told)


def _against(ours: float, theirs: float, form: str) -> str:
    return f"{ours:{form}} against {theirs:{form}}, {'no worse' if ours <= theirs * (1 + ROUNDING) else 'WORSE'}"
