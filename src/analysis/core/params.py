"""``params.yaml`` as frozen dataclasses: every threshold, rate, date and rule lives there, once."""

from __future__ import annotations

import dataclasses
import datetime
import types
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from analysis.core.errors import ParamsError


def limited(low: float | None = None, high: float | None = None) -> Any:
    """A field whose value lies between ``low`` and ``high``, both allowed."""
    return field(metadata={"low": low, "high": high})


@dataclass(frozen=True)
class Report:
    """What every page shares."""

    organisation: str
    language: Literal["zh", "en"]
    currency: str
    mask_names: bool


@dataclass(frozen=True)
class Source:
    """Where the order lines come from and how to read them; ``null`` means: found in the file itself."""

    path: str
    tables: dict[str, str]
    columns: dict[str, str]
    encoding: str | None
    day_first: bool | None
    decimal: Literal["point", "comma"] | None
    amount_basis: Literal["taxed", "untaxed"] | None
    header: bool


@dataclass(frozen=True)
class Engine:
    """The SQL engine for row-level work."""

    name: Literal["duckdb", "spark"]
    memory_limit_gb: float = limited(0.25, 4096)
    threads: int = limited(1, 1024)


@dataclass(frozen=True)
class Clean:
    """F1: what is removed, and what is kept apart."""

    complete_month_slack_days: int = limited(0, 15)
    thin_month_share: float = limited(0, 1)
    cancelled_status: tuple[str, ...]
    return_types: tuple[str, ...]
    non_products: tuple[str, ...]
    pseudo_customers: tuple[str, ...]
    total_labels: tuple[str, ...]
    keep_duplicates: bool
    overlap_from_lines: int = limited(2)
    keep_free_lines: bool
    many_names_from: int = limited(2, 1000)
    shared_ids_up_to: float = limited(0, 1)
    costed_from: float = limited(0, 1)


@dataclass(frozen=True)
class Claim:
    """A saying about concentration: this share of the customers is said to bring that share of the value."""

    customers: float = limited(0, 1)
    value: float = limited(0, 1)


@dataclass(frozen=True)
class Profit:
    """V2, V8: the window, what the curve is measured by, and the claims drawn beside it."""

    window_months: int = limited(1, 120)
    history_months: int = limited(2, 60)
    slack_days: int = limited(0, 15)
    costed_share_slack: float = limited(0, 1)
    top_shares: tuple[float, ...] = limited(0, 1)
    headline_top_share: float = limited(0, 1)
    core_value_share: float = limited(0, 1)
    claims: tuple[Claim, ...]
    curve_points: int = limited(20, 10_000)
    bootstrap_draws: int = limited(50, 10_000)
    interval_level: float = limited(0.5, 0.99)
    flat_peak: float = limited(1, 2)
    dependent_top_share: float = limited(0, 1)
    dependent_value_share: float = limited(0, 1)
    lost_over_new_months: int = limited(1, 24)
    listed_customers: int = limited(1, 200)
    random_seed: int = limited(0)


@dataclass(frozen=True)
class SegmentRule:
    """One named box of scores; the first rule that matches names the customer."""

    name: str
    recency: Literal["high", "low", "any"]
    frequency: Literal["high", "low", "any"]
    money: Literal["high", "low", "any"]


@dataclass(frozen=True)
class Segment:
    """G2, G10: scores, the eight boxes, and the moves between them."""

    window_months: int = limited(1, 120)
    scores: int = limited(2, 10)
    high_from_score: int = limited(2, 10)
    rules: tuple[SegmentRule, ...]
    interval_level: float = limited(0.5, 0.99)
    dirichlet_prior: float = limited(0.01, 10)
    stability_draws: int = limited(10, 10_000)
    listed_movers: int = limited(1, 200)
    random_seed: int = limited(0)


@dataclass(frozen=True)
class LifetimeValue:
    """V3, V4: horizons, discount, the proof on a hold-out and the level of the intervals."""

    horizon_months: tuple[int, ...] = limited(1, 600)
    discount_rate_yearly: float = limited(0, 1)
    interval_level: float = limited(0.5, 0.99)
    holdout_months: int = limited(1, 60)
    min_repeat_customers: int = limited(2)
    min_gaps_of_history: float = limited(0, 100)
    calibration_repeats: int = limited(1, 50)
    max_value_correlation: float = limited(0, 1)
    listed_customers: int = limited(1, 2_000)
    draws: int = limited(50, 100_000)
    random_seed: int = limited(0)


@dataclass(frozen=True)
class Churn:
    """C1: the question asked of every customer, its proof on a time split, and the states shown."""

    horizon_days: int = limited(1, 1_000)
    value_window_months: int = limited(1, 120)
    interval_level: float = limited(0.5, 0.99)
    calibration_groups: int = limited(2, 50)
    min_repeat_customers: int = limited(2)
    cooling_from: float = limited(0, 1)
    at_risk_from: float = limited(0, 1)
    probably_lost_from: float = limited(0, 1)
    listed_customers: int = limited(1, 2_000)
    draws: int = limited(50, 100_000)
    random_seed: int = limited(0)


@dataclass(frozen=True)
class Executive:
    """X4: what the director's page shows."""

    listed_customers: int = limited(1, 200)
    history_months: int = limited(2, 60)


@dataclass(frozen=True)
class Demo:
    """The simulated history that stands in until a source is named."""

    random_seed: int = limited(0)
    customers: int = limited(30, 100_000)
    months: int = limited(6, 120)


@dataclass(frozen=True)
class Params:
    """All of ``params.yaml``. ``as_of`` is the last day that counts; ``None`` is the last complete month."""

    as_of: datetime.date | None
    report: Report
    source: Source
    engine: Engine
    demo: Demo
    clean: Clean
    profit: Profit
    segment: Segment
    lifetime_value: LifetimeValue
    churn: Churn
    executive: Executive


def load(file: Path) -> Params:
    """Read and check ``file``; one error names the file, section, key, limit and value."""
    try:
        content = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ParamsError(file.name, "the file is not there", None, "Restore it with `git checkout params.yaml`") from None
    except YAMLError as fault:
        line = getattr(getattr(fault, "problem_mark", None), "line", 0) + 1
        reason = getattr(fault, "problem", None) or "it is not valid YAML"
        raise ParamsError(f"{file.name}, line {line}", str(reason), None, "Mend that line") from None
    return _section(Params, content, file.name, ())


def _section(kind: type, content: object, file: str, keys: tuple[str, ...]) -> Any:
    where = f"{file}, section {'.'.join(keys)}" if keys else file
    if not isinstance(content, dict):
        raise ParamsError(where, "a section of keys is expected", content, "Write one `key: value` a line")
    fields = {one.name: one for one in dataclasses.fields(kind)}
    if unknown := [key for key in content if key not in fields]:
        raise ParamsError(where, "this key is unknown", unknown[0], f"Known keys are {', '.join(fields)}")
    if lacking := [name for name in fields if name not in content]:
        raise ParamsError(where, f"key {lacking[0]} is missing", None, "Restore it from the file in Git")
    hints = typing.get_type_hints(kind)
    return kind(
        **{name: _value(hints[name], content[name], one, file, (*keys, name)) for name, one in fields.items()}
    )


def _value(hint: Any, value: Any, one: dataclasses.Field, file: str, keys: tuple[str, ...]) -> Any:
    where, key = f"{file}, section {'.'.join(keys[:-1])}" if keys[1:] else file, keys[-1]
    if dataclasses.is_dataclass(hint):
        return _section(typing.cast(type, hint), value, file, keys)
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        return _value(next(part for part in inner if part is not type(None)), value, one, file, keys)
    if origin is Literal:
        if value not in inner:
            raise ParamsError(where, f"{key} must be one of {', '.join(map(str, inner))}", value, f"Change {key}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise ParamsError(where, f"{key} must be a list", value, "Write it as [first, second]")
        return tuple(_value(inner[0], item, one, file, (*keys, str(n + 1))) for n, item in enumerate(value))
    if origin is dict:
        if not isinstance(value, dict):
            raise ParamsError(where, f"{key} must be a list of `name: value` lines", value, "Write {} for none")
        return {str(name): str(item) for name, item in value.items()}
    return _scalar(hint, value, one, where, key)


def _scalar(hint: Any, value: Any, one: dataclasses.Field, where: str, key: str) -> Any:
    if hint is datetime.date:
        try:
            return datetime.date.fromisoformat(value)
        except (TypeError, ValueError):
            raise ParamsError(where, f"{key} must be a day", str(value), 'Write it as "2026-09-30", in quotes') from None
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, hint) or (hint is not bool and isinstance(value, bool)):
        words = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}[hint]
        raise ParamsError(where, f"{key} must be {words}", value, f"Change {key}")
    low, high = one.metadata.get("low"), one.metadata.get("high")
    if low is not None and hint in (int, float) and value < low:
        raise ParamsError(where, f"{key} must be at least {low}", value, f"Raise {key}")
    if high is not None and hint in (int, float) and value > high:
        raise ParamsError(where, f"{key} must be at most {high}", value, f"Lower {key}")
    return value
