"""Sources made from a seed: files of bytes, and what the cleaning must account for."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.fuzz import cells
from tests.fuzz.formats import encoded

CUSTOMER, DATE, AMOUNT = "customer_id", "order_date", "amount"
NEEDED = (CUSTOMER, DATE, AMOUNT)
OPTIONAL = ("order_id", "product_id", "product_name", "region", "sales_rep", "channel", "category", "line_id")
HEADERS = {
    "customer_id": ("customer_id", "客户编号", "Customer No", "ＣＵＳＴ　ＩＤ"), "order_date": ("order_date", "订单日期", "下单日期", "Order Date"),
    "amount": ("含税金额", "价税合计", "amount (taxed)", "net amount"), "order_id": ("order_id", "订单号"), "product_id": ("product_id", "产品编码"),
    "product_name": ("product_name", "品名"), "region": ("region", "地区"), "sales_rep": ("sales_rep", "业务员"), "channel": ("channel", "渠道"),
    "category": ("category", "品类"), "line_id": ("line_id", "行号"),
}  # fmt: skip
FORMATS = ("csv", "csv", "csv", "tsv", "csv.gz", "xlsx", "xls", "parquet")


@dataclass(frozen=True)
class Expected:
    """What a clean run must account for: lines, and money where every cell's value is known."""

    lines: int | None = None
    amount_e4: int | None = None


@dataclass(frozen=True)
class Case:
    """One source.

    Attributes
    ----------
    kind : family and variant, by which outcomes are counted.
    files : name in the source folder to its bytes.
    said : what the section source of the parameters says beside the path.
    """

    kind: str
    files: dict[str, bytes]
    said: dict[str, Any] = field(default_factory=dict)
    expected: Expected = field(default_factory=Expected)


@dataclass
class Sheet:
    """A table as it will stand in a file: its header and its rows of text, with each row's known value."""

    headers: list[str]
    rows: list[list[str]]
    values: list[int | None]


def sheet(rng: Random, *, rows: int, odd: float) -> Sheet:
    """Order lines; a share ``odd`` of the optional cells holds any text at all."""
    names = [*NEEDED, *rng.sample(OPTIONAL, rng.randint(0, 6))]
    rng.shuffle(names)
    found = Sheet([rng.choice(HEADERS[name]) for name in names], [], [])
    for at in range(rows):
        written, value = cells.amount(rng)
        row = {CUSTOMER: f"C{rng.randint(1, 5)}", DATE: cells.date(rng), AMOUNT: written, "order_id": f"O{at // 2}", "line_id": str(at)}
        row = {name: row.get(name) or rng.choice(("P1", "P2", "P3")) for name in names} | {name: row[name] for name in NEEDED}
        for name in names:
            if name not in (DATE, AMOUNT) and rng.random() < odd:
                row[name] = cells.text(rng)
        found.rows.append([row[name] for name in names])
        found.values.append(value)
    return found


def account(one: Sheet) -> Expected:
    """Lines that are not blank, and the money of their amounts."""
    kept = [value for row, value in zip(one.rows, one.values, strict=True) if any(row)]
    return Expected(len(kept), sum(value or 0 for value in kept))


def values_case(rng: Random) -> Case:
    """Any writing of numbers, dates and texts in a well-formed file."""
    kind = rng.choice(FORMATS)
    one = sheet(rng, rows=rng.choice((1, 3, 12, 12, 40)), odd=rng.choice((0.05, 0.3)))
    options = {"encoding": rng.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16")), "newline": rng.choice(("\n", "\r\n"))}
    raw = encoded(kind, one.headers, one.rows, **options)
    return Case(f"values/{kind}", {f"orders.{kind}": raw}, said(one), account(one))


def said(one: Sheet) -> dict[str, Any]:
    return {"amount_basis": "taxed" if "net amount" not in one.headers else "untaxed", "decimal": "point", "day_first": True}
