"""A long export with the faults of real ones: the same lines on every computer for the same number of lines.

python -m benchmarks.mess 10000000 lines.csv
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

HEADER = (
    "order_id,order_date,customer_id,product_id,category,region,channel,qty,unit_price,discount,unit_cost"
)
SEED = 20261130
BLOCK_LINES = 500_000
FIRST_DAY, DAYS = np.datetime64("2023-10-01"), 1_108  # ends on 2026-10-12, so that the last month is cut off
PRODUCTS, LINES_A_CUSTOMER, FEWEST_CUSTOMERS = 5_000, 50, 100
LARGEST_ORDER, MINUTES, DAY_FORMATS = 4, 1_440, 3
# Shares of what is wrong, of the lines or of the orders.
DOUBLE, RETURNED, NO_CUSTOMER, WALK_IN = 0.005, 0.02, 0.01, 0.003
ODD_DATE, LOWER_CASE, POSTAGE, BLANK_AROUND = 0.004, 0.02, 0.001, 0.005
CATEGORIES = (
    "Paper",
    "Pens",
    "Binders",
    "Chairs",
    "Desks",
    "Lamps",
    "电话",
    "复印机",
    "配件",
    "书架",
    "用具",
    "装订机",
    "NA",
)
REGIONS = ("华东", "华南", "华北", "西南", "西北", "东北", "中南", "North", "South", "East", "West", "NA")
CHANNELS = ("shop", "web", "phone", "分销")
ODD_DATES = ("", "unknown", "2024-02-30", "2025-13-01", "2091-03-05", "2094/7/1", "2097年1月9日", "1/8/2093")
DISCOUNTS = ("", "", "", "0", "0", "0.05", "0.1", "5%", "15%")
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
PRICE_KINDS, PRICE_SHARES = 9, (0.84, 0.05, 0.03, 0.05, 0.01, 0.001, 0.0005, 0.0005, 0.018)
QUANTITIES = (1, 1, 1, 2, 2, 3, 4, 5, 6, 10, 12, 24)
QUANTITY_KINDS, QUANTITY_SHARES = 3, (0.97, 0.02, 0.01)
COST_KINDS, COST_SHARES = 3, (0.965, 0.03, 0.005)


def write_lines(lines: int, file: Path) -> None:
    """Write ``lines`` order lines and a total row to ``file``, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.tmp")
    cells = _Cells(max(lines // LINES_A_CUSTOMER, FEWEST_CUSTOMERS))
    try:
        with partial.open("wb") as stream:
            stream.write(f"{HEADER}\n".encode())
            for start in range(0, lines, BLOCK_LINES):
                stream.write(cells.block(start, min(BLOCK_LINES, lines - start), lines))
            stream.write(f"合计{',' * HEADER.count(',')}\n".encode())
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)


class _Cells:
    """The texts that cells are taken from, each made once."""

    def __init__(self, customers: int) -> None:
        draw = np.random.default_rng(SEED)
        prices = np.round(np.exp(draw.normal(4, 1.5, PRODUCTS)) + 1, 2)
        costs = np.round(prices * draw.uniform(0.3, 1.05, PRODUCTS), 2)
        self.customers = pa.array([f"C{no:07d}" for no in range(customers)] + ["", "NULL", "散客"])
        self.region_of = draw.integers(0, len(REGIONS), customers + 3)
        codes = [f"P{no:05d}-{'ABCDEFGH'[no % 8]}" for no in range(PRODUCTS)]
        self.products = pa.array([*codes, *(code.lower() for code in codes), "POSTAGE"])
        self.category_of = draw.integers(0, len(CATEGORIES), 2 * PRODUCTS + 1)
        self.prices = pa.array([cell for price in prices for cell in _price_cells(price)])
        self.costs = pa.array([cell for cost in costs for cell in (f"{cost:.2f}", f"¥{cost:.2f}", "")])
        self.quantities = pa.array(
            [
                cell
                for sign in ("", "-")
                for n in QUANTITIES
                for cell in (f"{sign}{n}", f"{sign}{str(n).translate(FULL_WIDTH)}", f"{sign}{n}.0")
            ]
        )
        self.discounts, self.channels = pa.array(DISCOUNTS), pa.array(CHANNELS)
        self.regions, self.categories = pa.array(REGIONS), pa.array(CATEGORIES)
        self.days = pa.array(
            [cell for n in range(DAYS) for cell in _day_cells(FIRST_DAY + np.timedelta64(n, "D"))] + list(ODD_DATES)
        )
        self.times = pa.array([f" {minute // 60:02d}:{minute % 60:02d}" for minute in range(MINUTES)] + [""])

    def block(self, start: int, lines: int, total: int) -> bytes:
        """The lines from number ``start``; what they hold follows from the block's place alone."""
        draw = np.random.default_rng((SEED, total, start))
        order, place = _orders(draw, lines)
        orders = order[-1] + 1
        earlier = np.maximum(np.arange(orders) - draw.integers(1, 20_000, orders), 0)
        returned = draw.random(orders) < RETURNED
        customer = (len(self.customers) - 3) * draw.random(orders) ** 1.5
        customer = customer.astype("int64")
        customer[returned] = customer[earlier[returned]]
        customer = np.where(
            draw.random(orders) < NO_CUSTOMER, len(self.customers) - draw.integers(2, 4, orders), customer
        )
        customer = np.where(draw.random(orders) < WALK_IN, len(self.customers) - 1, customer)
        product = (PRODUCTS * draw.random(lines) ** 2).astype("int64")
        first_line = np.flatnonzero(place == 0)
        goes_back = returned[order]
        product[goes_back] = product[np.minimum(first_line[earlier[order]] + place, lines - 1)[goes_back]]
        # An exact double is a line that takes all its cells from one a little before it.
        doubled = draw.random(lines) < DOUBLE
        taken = np.where(
            doubled, np.maximum(np.arange(lines) - draw.integers(1, 300, lines), 0), np.arange(lines)
        )
        columns = [
            _numbered("SO", start + order),
            self._dates(draw, order, orders, start, total),
            _blanks(draw, self.customers.take(pa.array(customer[order]))),
            *self._goods(draw, product, lines),
            self.regions.take(pa.array(self.region_of[customer][order])),
            self.channels.take(pa.array(draw.integers(0, len(CHANNELS), orders)[order])),
            self.quantities.take(pa.array(_quantities(draw, goes_back))),
            self.prices.take(
                pa.array(product * PRICE_KINDS + draw.choice(PRICE_KINDS, lines, p=PRICE_SHARES))
            ),
            self.discounts.take(pa.array(draw.integers(0, len(DISCOUNTS), orders)[order])),
            self.costs.take(pa.array(product * COST_KINDS + draw.choice(COST_KINDS, lines, p=COST_SHARES))),
        ]
        text = pc.binary_join_element_wise(
            pc.binary_join_element_wise(*columns, ",").take(pa.array(taken)), "", "\n"
        )
        ends = np.frombuffer(text.buffers()[1], dtype="int32")
        return text.buffers()[2].to_pybytes()[: ends[lines]]

    def _dates(
        self, draw: np.random.Generator, order: np.ndarray, orders: int, start: int, total: int
    ) -> pa.Array:
        """One form of writing a date for each order; a quarter of the orders carry the time."""
        first_line = np.searchsorted(order, np.arange(orders))
        day = ((start + first_line) * DAYS) // total
        form = draw.integers(0, DAY_FORMATS + 1, orders)
        odd = draw.random(orders) < ODD_DATE
        at = day * (DAY_FORMATS + 1) + form
        at = np.where(odd, DAYS * (DAY_FORMATS + 1) + draw.integers(0, len(ODD_DATES), orders), at)
        minute = np.where((form == 0) & ~odd, draw.integers(0, MINUTES, orders), MINUTES)
        whole = pc.binary_join_element_wise(
            self.days.take(pa.array(at)), self.times.take(pa.array(minute)), ""
        )
        return whole.take(pa.array(order))

    def _goods(self, draw: np.random.Generator, product: np.ndarray, lines: int) -> tuple[pa.Array, pa.Array]:
        code = np.where(draw.random(lines) < LOWER_CASE, product + PRODUCTS, product)
        code = np.where(draw.random(lines) < POSTAGE, 2 * PRODUCTS, code)
        return self.products.take(pa.array(code)), self.categories.take(pa.array(self.category_of[product]))


def _price_cells(price: float) -> tuple[str, ...]:
    plain = f"{price:.2f}"
    grouped = f'"{price:,.2f}"' if price >= 1_000 else plain
    return (
        plain,
        f"¥{plain}",
        f"${plain}",
        grouped,
        plain.translate(FULL_WIDTH),
        f"-{plain}",
        "0.00",
        "see contract",
        f"{plain} ",
    )


def _day_cells(day: np.datetime64) -> tuple[str, ...]:
    year, month, date = str(day).split("-")
    return (
        str(day),
        f"{year}/{int(month)}/{int(date)}",
        f"{year}年{int(month)}月{int(date)}日",
        f"{int(date)}/{int(month)}/{year}",
    )


def _orders(draw: np.random.Generator, lines: int) -> tuple[np.ndarray, np.ndarray]:
    """The order of each line, from 0, and the line's place in it."""
    sizes = draw.integers(1, LARGEST_ORDER + 1, lines)
    order = np.repeat(np.arange(lines), sizes)[:lines]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    return order, np.arange(lines) - starts[order]


def _numbered(prefix: str, numbers: np.ndarray) -> pa.Array:
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 9, "0")
    return pc.binary_join_element_wise(prefix, digits, "")


def _blanks(draw: np.random.Generator, texts: pa.Array) -> pa.Array:
    around = pa.array(np.where(draw.random(len(texts)) < BLANK_AROUND, " ", ""))
    return pc.binary_join_element_wise(around, texts, around, "")


def _quantities(draw: np.random.Generator, goes_back: np.ndarray) -> np.ndarray:
    chosen = draw.integers(0, len(QUANTITIES), len(goes_back))
    chosen = np.where(
        goes_back, chosen // 2 + len(QUANTITIES), chosen
    )  # what comes back is few, with a minus
    return chosen * QUANTITY_KINDS + draw.choice(QUANTITY_KINDS, len(goes_back), p=QUANTITY_SHARES)


if __name__ == "__main__":
    write_lines(int(sys.argv[1]), Path(sys.argv[2]))
