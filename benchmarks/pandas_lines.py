"""Lines in pandas: text to values, then each line its rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from benchmarks import written
from benchmarks.period import last_days


def profile(lines: pd.DataFrame) -> pd.DataFrame:
    """Filled cells and different values of each column, before any rule."""
    filled = {name: lines[name] != "" for name in lines}
    return pd.DataFrame(
        [(name, here.sum(), (~here).sum(), lines.loc[here, name].nunique()) for name, here in filled.items()],
        columns=["column", "filled", "missing", "distinct_values"],
    )


def date_form(cells: pd.Series) -> str:
    """The order of day and month, from the whole column."""
    parts = pd.Series(cells.unique()).str.extract(r"^(\d{1,2})/(\d{1,2})/\d{4}$").dropna().astype("int64")
    day_first, month_first = (parts[0] > written.MONTHS).any(), (parts[1] > written.MONTHS).any()
    if day_first and month_first:
        raise SystemExit("order_date mixes day-first and month-first dates")
    return written.DAY_FIRST if day_first else written.MONTH_FIRST


def share_scale(lines: pd.DataFrame) -> int:
    """What discounts are divided by: 1 for 0.05, 100 for 5. Stops where prices use a comma as decimal sign."""
    if pd.Series(lines["unit_price"].unique()).str.contains(r"\d,\d{1,2}[^\d,.]*$").any():
        raise SystemExit("unit_price uses both decimal signs")
    largest = pd.to_numeric(pd.Series(lines["discount"].unique()), errors="coerce").max()
    return 100 if largest > 1 else 1


def typed(lines: pd.DataFrame, form: str, scale: int) -> pd.DataFrame:
    """Values in place of the texts, which go one by one."""
    out = pd.DataFrame({"row_no": np.arange(2, len(lines) + 2)})
    out["date_cell"] = lines.pop("order_date")
    out["order_date"], out["order_hour"] = days(out["date_cell"], form)
    for name in ("order_id", "customer_id", "product_id"):
        cells = lines.pop(name).str.strip()
        out[name] = cells.where(~cells.isin(written.NOTHING))
    out["product_id"] = out["product_id"].str.upper()
    for name in written.LABELS:
        cells = lines.pop(name)
        out[name] = cells.where(~cells.isin(written.NOTHING)).astype("category")
    out["qty_e3"] = whole(number(lines.pop("qty")) * written.QUANTITY)
    out["price_cell"] = lines.pop("unit_price")
    out["unit_price_e4"] = whole(number(out["price_cell"]) * written.MONEY)
    out["discount_e4"] = whole(number(lines.pop("discount")) / scale * written.SHARE)
    out["unit_cost_e4"] = whole(number(lines.pop("unit_cost")) * written.MONEY)
    discount = out["discount_e4"].fillna(0)
    out["raw_amount_e4"] = whole(
        out["qty_e3"] * out["unit_price_e4"] * (written.SHARE - discount) / (written.QUANTITY * written.SHARE)
    )
    return out


def days(cells: pd.Series, form: str) -> tuple[pd.Series, pd.Series]:
    """Day and hour; a form is tried on what the forms before it could not read."""
    found = pd.to_datetime(cells, format=written.TIME_FORMAT, errors="coerce").astype("datetime64[s]")
    hour = found.dt.hour.astype("float32")
    for one in (*written.DAY_FORMATS, form):
        rest = cells[found.isna()]
        found[rest.index] = pd.to_datetime(rest, format=one, errors="coerce").astype("datetime64[s]")
    return found.dt.normalize(), hour


def number(cells: pd.Series) -> pd.Series:
    """Plain numbers at once; the few others without signs, commas and full-width digits."""
    values = pd.to_numeric(cells, errors="coerce")
    odd = cells[values.isna() & (cells != "")]
    bare = odd.str.translate(str.maketrans(*written.FULL_WIDTH)).str.replace(r"[¥$, ]", "", regex=True)
    share = bare.str.endswith("%")
    values[odd.index] = pd.to_numeric(bare.str.rstrip("%"), errors="coerce") / np.where(share, 100, 1)
    return values


def whole(values: pd.Series) -> pd.Series:
    """Halves away from zero, as SQL rounds; kept as float while values may be missing."""
    return np.trunc(values + np.copysign(0.5, values))


def period(lines: pd.DataFrame, clean: dict[str, Any]) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The last day that counts, and the last day covered."""
    counts = {day.date(): count for day, count in lines["order_date"].value_counts().items()}
    return tuple(map(pd.Timestamp, last_days(counts, clean)))


def judge(lines: pd.DataFrame, as_of: pd.Timestamp, covered: pd.Timestamp, clean: dict[str, Any]) -> None:
    """Add the kind of each line, and the first rule that removes it."""
    raw, price, day = lines["raw_amount_e4"], lines["unit_price_e4"], lines["order_date"]
    back = (lines["qty_e3"] < 0) | ((raw < 0) & (price.fillna(0) >= 0))
    lines["line_kind"] = pd.Categorical.from_codes(
        np.select([raw == 0, back], [0, 1], 2), ["free", "return", "sale"]
    )
    lines["is_pseudo_customer"] = like(lines["customer_id"], clean["pseudo_customers"])
    total = np.logical_or.reduce(
        [like(lines[name], clean["total_labels"]) for name in ("order_id", "customer_id", "product_id")]
    )
    total &= day.isna() | lines["customer_id"].isna() | lines["product_id"].isna()
    overlap, double = doubles(lines, clean["overlap_from_lines"])
    rules = {
        "total_row": total,
        "export_overlap": overlap,
        "exact_duplicate": double,
        "unreadable_date": day.isna(),
        "future_date": day > covered,
        "after_as_of": day > as_of,
        "unreadable_amount": raw.isna(),
        "missing_customer": lines["customer_id"].isna(),
        "non_product": like(lines["product_id"], clean["non_products"]),
        "negative_price": (raw < 0) & (price < 0) & (lines["qty_e3"].fillna(1) > 0),
        "zero_price": raw == 0,
    }
    first = np.select(list(rules.values()), range(len(rules)), -1)
    lines["rule"] = pd.Categorical.from_codes(first, list(rules))
    goods = whole(lines["qty_e3"].abs() * lines.pop("unit_cost_e4") / written.QUANTITY)
    lines["qty_e3"] = lines["qty_e3"].where(~back, -lines["qty_e3"].abs())
    lines["amount_e4"] = raw.where(~back, -raw.abs())
    lines["contribution_e4"] = lines["amount_e4"] - goods.where(~back, -goods)


def like(texts: pd.Series, patterns: list[str]) -> np.ndarray:
    """Where a text is one of the ``patterns``, whose star stands for any ending."""
    codes, known = pd.factorize(texts)
    lower = pd.Series(known).str.lower()
    starts = tuple(pattern.lower()[:-1] for pattern in patterns if pattern.endswith("*"))
    hit = lower.isin([pattern.lower() for pattern in patterns]) | lower.str.startswith(starts or ("\0",))
    return np.append(hit.to_numpy(dtype=bool), False)[codes]


def doubles(lines: pd.DataFrame, overlap_from: int) -> tuple[np.ndarray, np.ndarray]:
    """Lines read twice in a row of several orders, and other lines that repeat an earlier one in every cell."""
    is_line = lines["order_date"].notna() & lines[["customer_id", "order_id", "product_id"]].notna().any(
        axis=1
    )
    repeats = lines[lines.duplicated(written.CONTENT, keep=False) & is_line]
    repeats = repeats[repeats.duplicated([*written.CONTENT, *written.LABELS, "date_cell"])]
    named = repeats[repeats["order_id"].notna()]
    island = named["row_no"] - np.arange(len(named))
    ids = named.groupby(island)["order_id"]
    block = named.index[(ids.transform("nunique") > 1) & (ids.transform("size") >= overlap_from)]
    return lines.index.isin(block), lines.index.isin(repeats.index)


def rejected(lines: pd.DataFrame) -> pd.DataFrame:
    """The lines that a rule removed, with what it saw."""
    out = lines[lines["rule"].notna()]
    seen = out["date_cell"].where((out["rule"] == "unreadable_date") & (out["date_cell"] != ""))
    return out.assign(seen=seen.str.slice(0, 40))[written.REJECTED]


def accepted(lines: pd.DataFrame) -> pd.DataFrame:
    """The lines that no rule removed; their numbers are whole now, except where something is missing."""
    out = lines[lines["rule"].isna()].drop(columns="rule")
    whole_now = ["qty_e3", "unit_price_e4", "raw_amount_e4", "amount_e4"]
    return out.astype(dict.fromkeys(whole_now, "int64"))
