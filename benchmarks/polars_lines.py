"""Lines in Polars: text to values, then each line its rule."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl

from benchmarks import written
from benchmarks.period import last_days


def profile(lines: pl.LazyFrame) -> pl.DataFrame:
    """Filled cells and different values of each column, before any rule."""
    names = [name for name in lines.collect_schema().names() if name != "row_no"]
    found = lines.select(
        pl.len().alias("lines"),
        *(pl.col(name).count().alias(f"{name}_filled") for name in names),
        *(pl.col(name).drop_nulls().n_unique().alias(f"{name}_distinct") for name in names),
    ).collect(engine="streaming").row(0, named=True)  # fmt: skip
    return pl.DataFrame(
        [(name, found[f"{name}_filled"], found["lines"] - found[f"{name}_filled"], found[f"{name}_distinct"]) for name in names],
        schema=["column", "filled", "missing", "distinct_values"], orient="row",
    )  # fmt: skip


def date_form(lines: pl.LazyFrame) -> str:
    """The order of day and month, from the whole column."""
    parts = pl.col("order_date").unique().str.extract_groups(r"^(\d{1,2})/(\d{1,2})/\d{4}$").struct
    late = [(parts.field(str(part)).cast(pl.Int64) > written.MONTHS).any() for part in (1, 2)]
    day_first, month_first = (
        lines.select(late[0].alias("day"), late[1].alias("month")).collect(engine="streaming").row(0)
    )
    if day_first and month_first:
        raise SystemExit("order_date mixes day-first and month-first dates")
    return written.DAY_FIRST if day_first else written.MONTH_FIRST


def share_scale(lines: pl.LazyFrame) -> int:
    """What discounts are divided by: 1 for 0.05, 100 for 5. Stops where prices use a comma as decimal sign."""
    commas = pl.col("unit_price").unique().str.contains(r"\d,\d{1,2}[^\d,.]*$").any()
    largest = pl.col("discount").unique().cast(pl.Float64, strict=False).max()
    comma, most = lines.select(commas, largest).collect(engine="streaming").row(0)
    if comma:
        raise SystemExit("unit_price uses both decimal signs")
    return 100 if most > 1 else 1


def typed(lines: pl.LazyFrame, form: str, scale: int) -> pl.LazyFrame:
    """Values in place of the texts."""
    date = pl.col("order_date")
    moment = date.str.to_datetime(written.TIME_FORMAT, strict=False)
    days = [date.str.to_date(one, strict=False) for one in (*written.DAY_FORMATS, form)]
    out = lines.select(
        pl.col("row_no").cast(pl.Int64),
        date.alias("date_cell"),
        pl.coalesce(moment.dt.date(), *days).alias("order_date"),
        moment.dt.hour().cast(pl.Int64).alias("order_hour"),
        text("order_id"), text("customer_id"), text("product_id").str.to_uppercase(),
        *map(text, written.LABELS),
        whole(number("qty") * written.QUANTITY).alias("qty_e3"),
        whole(number("unit_price") * written.MONEY).alias("unit_price_e4"),
        whole(number("discount") / scale * written.SHARE).alias("discount_e4"),
        whole(number("unit_cost") * written.MONEY).alias("unit_cost_e4"),
    )  # fmt: skip
    gross = (
        pl.col("qty_e3").cast(pl.Float64)
        * pl.col("unit_price_e4")
        * (written.SHARE - pl.col("discount_e4").fill_null(0))
    )
    return out.with_columns(whole(gross / (written.QUANTITY * written.SHARE)).alias("raw_amount_e4"))


def text(name: str) -> pl.Expr:
    """A cell without blanks around; none where it says that there is nothing."""
    cell = pl.col(name).str.strip_chars()
    return pl.when(~cell.is_in(written.NOTHING)).then(cell).alias(name)


def number(name: str) -> pl.Expr:
    """Plain numbers at once, the others without signs, commas and full-width digits."""
    cell = pl.col(name)
    bare = cell.str.replace_many([*written.FULL_WIDTH[0], *"¥$, %"], [*written.FULL_WIDTH[1], *[""] * 5])
    share = pl.when(cell.str.ends_with("%")).then(100).otherwise(1)
    return pl.coalesce(cell.cast(pl.Float64, strict=False), bare.cast(pl.Float64, strict=False) / share)


def whole(value: pl.Expr) -> pl.Expr:
    """Halves away from zero, as SQL rounds."""
    return value.round(0, mode="half_away_from_zero").cast(pl.Int64)


def period(lines: pl.LazyFrame, clean: dict[str, Any]) -> tuple[datetime.date, datetime.date]:
    """The last day that counts, and the last day covered."""
    counts = lines.drop_nulls("order_date").group_by("order_date").len().collect(engine="streaming")
    return last_days(dict(counts.iter_rows()), clean)


def judge(
    lines: pl.LazyFrame, as_of: datetime.date, covered: datetime.date, clean: dict[str, Any]
) -> pl.LazyFrame:
    """Add the kind of each line, and the first rule that removes it."""
    raw, price, day, qty = (
        pl.col("raw_amount_e4"),
        pl.col("unit_price_e4"),
        pl.col("order_date"),
        pl.col("qty_e3"),
    )
    back = (qty < 0).fill_null(False) | ((raw < 0) & (price.fill_null(0) >= 0)).fill_null(False)
    goods = whole(qty.cast(pl.Float64).abs() * pl.col("unit_cost_e4") / written.QUANTITY)
    label = pl.any_horizontal(
        *(like(name, clean["total_labels"]) for name in ("order_id", "customer_id", "product_id"))
    )
    rules = {
        "total_row": label
        & pl.any_horizontal(day.is_null(), pl.col("customer_id").is_null(), pl.col("product_id").is_null()),
        "export_overlap": pl.col("double") == "export_overlap",
        "exact_duplicate": pl.col("double") == "exact_duplicate",
        "unreadable_date": day.is_null(),
        "future_date": day > covered,
        "after_as_of": day > as_of,
        "unreadable_amount": raw.is_null(),
        "missing_customer": pl.col("customer_id").is_null(),
        "non_product": like("product_id", clean["non_products"]),
        "negative_price": (raw < 0) & (price < 0) & (qty.fill_null(1) > 0),
        "zero_price": raw == 0,
    }
    first = pl.coalesce(*(pl.when(rule).then(pl.lit(name)) for name, rule in rules.items()))
    return lines.join(doubles(lines, clean["overlap_from_lines"]), on="row_no", how="left").with_columns(
        pl.when(raw == 0).then(pl.lit("free")).when(back).then(pl.lit("return")).otherwise(pl.lit("sale")).alias("line_kind"),
        like("customer_id", clean["pseudo_customers"]).alias("is_pseudo_customer"),
        first.alias("rule"),
        pl.when(back).then(-qty.abs()).otherwise(qty).alias("qty_e3"),
        pl.when(back).then(-raw.abs()).otherwise(raw).alias("amount_e4"),
        (pl.when(back).then(goods - raw.abs()).otherwise(raw - goods)).alias("contribution_e4"),
    ).drop("double", "unit_cost_e4")  # fmt: skip


def like(name: str, patterns: list[str]) -> pl.Expr:
    """Where a text is one of the ``patterns``, whose star stands for any ending."""
    lower = pl.col(name).str.to_lowercase()
    starts = [lower.str.starts_with(pattern.lower()[:-1]) for pattern in patterns if pattern.endswith("*")]
    return pl.any_horizontal(lower.is_in([pattern.lower() for pattern in patterns]), *starts).fill_null(False)


def doubles(lines: pl.LazyFrame, overlap_from: int) -> pl.LazyFrame:
    """Lines read twice in a row of several orders, and other lines that repeat an earlier one in every cell.

    Only lines whose hash repeats are compared cell by cell.
    """
    is_line = pl.col("order_date").is_not_null() & pl.any_horizontal(
        pl.col(name).is_not_null() for name in ("customer_id", "order_id", "product_id")
    )
    hashed = (
        lines.filter(is_line)
        .select("row_no", pl.struct(written.CONTENT).hash().alias("hash"))
        .collect(engine="streaming")
    )
    rows = hashed.filter(hashed["hash"].is_duplicated())["row_no"].implode()
    repeats = lines.filter(pl.col("row_no").is_in(rows)).collect(engine="streaming").sort("row_no")
    repeats = repeats.filter(~pl.struct(*written.CONTENT, *written.LABELS, "date_cell").is_first_distinct())
    named = repeats.filter(pl.col("order_id").is_not_null()).with_columns(
        (pl.col("row_no") - pl.int_range(pl.len())).alias("island")
    )
    blocks = named.filter(
        (pl.col("order_id").n_unique().over("island") > 1) & (pl.len().over("island") >= overlap_from)
    )["row_no"].implode()  # fmt: skip
    overlap = (
        pl.when(pl.col("row_no").is_in(blocks))
        .then(pl.lit("export_overlap"))
        .otherwise(pl.lit("exact_duplicate"))
    )
    return repeats.select("row_no", overlap.alias("double")).lazy()
