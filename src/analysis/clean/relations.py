"""Which file is which table, by its columns, and which row of a file holds the headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.clean.headers import Headers, match, normal
from analysis.core.contracts.inputs import CATEGORIES, CUSTOMERS, ORDERS, PRODUCTS, RETURNED_ORDERS
from analysis.core.contracts.optional import READINGS
from analysis.core.contracts.optional_inputs import OPTIONAL
from analysis.core.contracts.schema import Table

HEADER_ROWS = 30  # rows from the top among which the headers are looked for
ROLES = ("orders", "order_lines", "order_headers", "products", "customers", "categories", "returned_orders")
READ: dict[str, Table] = {
    "orders": ORDERS, "order_lines": ORDERS, "order_headers": ORDERS, "products": PRODUCTS, "customers": CUSTOMERS,
    "categories": CATEGORIES, "returned_orders": RETURNED_ORDERS, **OPTIONAL,
}  # fmt: skip
UNUSED = "unused"  # what the user writes for a file, a sheet or a column to leave out
FEWEST_HEADERS = 2
FEWEST_TELLING = 3  # a customer and a date are in every table
LINES = ("orders", "order_lines")
MUST_BE_ONE = ("customer_id", "order_date", "amount")


@dataclass(frozen=True)
class Role:
    """The table that a file is, and its headers read as that table's columns.

    Attributes
    ----------
    table : one of ``ROLES``, an optional table, or ``other``.
    """

    table: str
    headers: Headers

    @property
    def columns(self) -> dict[str, int]:
        return self.headers.columns


def find_header(rows: Sequence[Sequence[str]], settled: Mapping[str, str]) -> int | None:
    """Index of the row with the most known headers, the first of equals; ``None`` where there is none.

    A single known word may stand in any title, so that it counts in the first row only.
    """
    for tables in ((ORDERS, PRODUCTS, CUSTOMERS, CATEGORIES, RETURNED_ORDERS), tuple(OPTIONAL.values())):
        scores = [max(_score(row, table, settled) for table in tables) for row in rows[:HEADER_ROWS]]
        best = max(scores, default=0)
        if best >= FEWEST_HEADERS:
            return scores.index(best)
    row = rows[0] if rows else ()
    return 0 if _score(row, ORDERS, settled) >= 1 else None


def _score(row: Sequence[str], table: Table, settled: Mapping[str, str]) -> float:
    found = match(row, table, settled, basis="taxed")
    strong = sum(claim.note in ("used", "settled_in_params") and claim.column is not None for claim in found.claims)
    weak = sum(claim.note in ("likely_header", "weak_header") for claim in found.claims)
    return strong + weak / 2  # a weak header alone proves little


def role_of(
    written: Sequence[str], name: str, *, settled: Mapping[str, str], basis: str | None, told: str | None
) -> Role:
    """What the file ``name`` with these headers is; ``told`` is the user's word for it."""
    as_orders = match(written, ORDERS, settled, basis=basis, must_be_one=MUST_BE_ONE)
    table = told or _optional(written, name, _by_columns(written, as_orders, settled), as_orders, settled)
    if table in (*LINES, "order_headers"):
        return Role(table, as_orders)
    return Role(table, match(written, READ[table], settled, basis=basis) if table in READ else _unused(written))


def has_money(columns: Mapping[str, int]) -> bool:
    """Whether the amount of a line is written or follows from quantity and price."""
    return "amount" in columns or {"qty", "unit_price"} <= columns.keys()


def _by_columns(written: Sequence[str], as_orders: Headers, settled: Mapping[str, str]) -> str:
    has = as_orders.columns.keys()
    customer, product = bool({"customer_id", "customer_name"} & has), bool({"product_id", "product_name"} & has)
    if customer and "order_date" in has and has_money(as_orders.columns):
        return "orders"
    if "order_id" in has and not product and not has_money(as_orders.columns) and not customer:
        returned = match(written, RETURNED_ORDERS, settled, basis=None).columns
        if "returned" in returned or "return_date" in returned:
            return "returned_orders"
    if "order_id" in has and customer and "order_date" in has and not product:
        return "order_headers"
    if "order_id" in has and (product or "qty" in has or "line_id" in has) and (has_money(as_orders.columns) or "unit_price" in has):
        return "order_lines"
    if customer and "order_date" in has and product and "unit_price" in has:
        return "orders"  # one unit a line, which the user has to say
    if "order_date" in has and has_money(as_orders.columns) and (product or "qty" in has or "order_id" in has):
        return "orders"  # its customer is missing, which the user is told
    return _dimension(written, settled)


def _dimension(written: Sequence[str], settled: Mapping[str, str]) -> str:
    products = match(written, PRODUCTS, settled, basis=None).columns
    customers = match(written, CUSTOMERS, settled, basis=None).columns
    categories = match(written, CATEGORIES, settled, basis=None).columns
    orders = match(written, ORDERS, settled, basis=None).columns
    if "order_id" in orders and "customer_id" not in customers:
        return "other"
    if "product_id" in products and len(products) > 1 and "customer_id" not in customers:
        return "products"
    if "category_id" in categories and "category" in categories:
        return "categories"
    if "customer_id" in customers and len(customers) > 1 and "product_id" not in products:
        return "customers"
    return "other"


def _optional(written: Sequence[str], name: str, guess: str, as_orders: Headers, settled: Mapping[str, str]) -> str:
    """``guess``, or the optional table that the file is named like, or whose columns it has more of."""
    found = {table: match(written, OPTIONAL[table], settled, basis=None) for table in OPTIONAL}
    whole = {table for table, headers in found.items() if set(READINGS[table].needed) <= headers.columns.keys()}
    stem = normal(name.rsplit("/", 1)[-1].split(".", 1)[0])
    sheet = normal(name.rsplit(", sheet ", 1)[-1])
    called = [table for table in OPTIONAL if normal(table) in (stem, sheet)]
    if called and (guess == "other" or called[0] in whole):
        return called[0]
    scores = {table: _used(headers) for table, headers in found.items() if guess == "other" or table in whole}
    best = max(sorted(scores), key=lambda table: scores[table], default="other")
    rival = match(written, READ[guess], settled, basis=None) if guess in READ and guess not in LINES else as_orders
    least = FEWEST_TELLING if guess == "other" else max(FEWEST_TELLING, _used(rival) + 1)
    return best if scores.get(best, 0) >= least else guess


def _used(headers: Headers) -> int:
    return sum(claim.note == "used" for claim in headers.claims)


def _unused(written: Sequence[str]) -> Headers:
    found = match(written, RETURNED_ORDERS, {}, basis=None)
    return replace(found, claims=tuple(replace(one, column=None, note="not_used", factor=1) for one in found.claims))


def told_table(told: Mapping[str, str], name: str, file: str, sheet: str | None) -> str | None:
    """The user's word for a file or sheet: by full name, file name, or sheet name."""
    keys = (name, f"{file}/{sheet}", file, file.rsplit("/", 1)[-1], sheet or "")
    return next((told[key] for key in keys if key and key in told), None)


def arrange(roles: Sequence[Role]) -> list[Role]:
    """Order files that stand beside files of lines are their headers, not lines themselves."""
    if not any(role.table == "order_lines" for role in roles):
        return list(roles)
    return [
        replace(role, table="order_headers")
        if role.table == "orders" and "order_id" in role.columns and not {"product_id", "product_name", "qty"} & role.columns.keys()
        else role
        for role in roles
    ]  # fmt: skip
