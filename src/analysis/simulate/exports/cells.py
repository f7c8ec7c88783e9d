"""What stands in each cell of an export: the columns of one file or sheet."""

from __future__ import annotations

import datetime

import numpy as np

from analysis.simulate.exports.book import NOT_GOODS, Book
from analysis.simulate.exports.layouts import DateForm, Style
from analysis.simulate.world.names import INDUSTRIES, REGIONS
from analysis.simulate.world.world import RETURN_SAME

EXCEL_DAY_ZERO = datetime.date(1899, 12, 30)
DATE_FORMS: dict[DateForm, str] = {  # not strftime, which asks the machine's locale
    "iso": "{0:04d}-{1:02d}-{2:02d}",
    "slash": "{0:04d}/{1:02d}/{2:02d}",
    "compact": "{0:04d}{1:02d}{2:02d}",
    "chinese": "{0:04d}年{1}月{2}日",
    "day_first": "{2:02d}/{1:02d}/{0:04d}",
    "with_time": "{0:04d}-{1:02d}-{2:02d}",
}
SPECIAL_ACCOUNTS = {  # id; name in Chinese and in English exports; industry
    "walk_in": ("KH90001", "散客", "Walk-in customers 散客", ""),
    "test": ("KH90002", "测试客户", "Test customer 测试", ""),
}
CENTS = 100
CENTS_OF_TEN_THOUSAND = 1_000_000  # 万元
CHANNELS = ("sales desk", "online", "counter")

Cell = str | int | float | None
Columns = dict[str, list[Cell]]


def shown_amounts(book: Book) -> np.ndarray:
    """Cents as each export shows them: returns of type 退货 without their minus."""
    typed = typed_returns(book)
    return np.where(typed, -book.records["amount"], book.records["amount"])


def typed_returns(book: Book) -> np.ndarray:
    """Lines that are returns by their type, not by their sign."""
    style = np.array([part.style.typed_returns for part in book.parts])[book.records["part"]]
    return style & (book.records["kind"] == RETURN_SAME)


def columns_of(book: Book, part: int, chosen: np.ndarray) -> Columns:
    """The cells of the records ``chosen``, by field, as the part's style writes them."""
    records, style = book.records[chosen], book.parts[part].style
    sign = np.where(typed_returns(book)[chosen], -1, 1)
    product_ids = [*book.world.products.ids, *(row[0] for row in NOT_GOODS.values())]
    states = ("交易成功", "已取消") if style.chinese else ("completed", "cancelled")
    columns: Columns = {
        "order_id": [book.numbers[n] for n in records["number"].tolist()],
        "order_date": _dates(book, records, style.dates),
        "product_id": _look_up(product_ids, records["product"]),
        "product_name": _look_up(product_names(book, style), records["product"]),
        "qty": (records["qty"] * sign).tolist(),
        "unit_price": _money(records["price"], style, ten_thousands=False),
        "discount": _discounts(records["discount_bp"], style),
        "amount": _money(records["amount"] * sign, style, ten_thousands=style.ten_thousands),
        "line_type": ["退货" if minus < 0 else "销售" for minus in sign.tolist()],
        "status": _look_up(states, records["cancelled"]),
        "channel": _channels(book, records),
        **_customer_cells(book, records, style),
    }
    places = {record: n for n, record in enumerate(chosen.tolist())}
    for name, cells in book.cells.items():
        for record, text in cells.items():
            if record in places:
                columns[name][places[record]] = text
    return {name: columns[name] for name in style.headers}


def _customer_cells(book: Book, records: np.ndarray, style: Style) -> Columns:
    people, who = book.world.customers, records["customer"]
    special = [account[2 - style.chinese] for account in SPECIAL_ACCOUNTS.values()]
    ids = [*people.ids, *(account[0] for account in SPECIAL_ACCOUNTS.values())]
    regions = [list(REGIONS)[region] for region in people.region.tolist()]
    desks = [people.desks[desk] for desk in people.desk.tolist()]
    nothing = [""] * len(special)
    return {  # the last place is that of nobody, which the number -1 finds
        "customer_id": _look_up([*ids, ""], who),
        "customer_name": _look_up([*people.names, *special, ""], who),
        "region": _look_up([*regions, *nothing, ""], who),
        "sales_rep": _look_up([*desks, *nothing, ""], who),
    }


def product_names(book: Book, style: Style) -> list[str]:
    """Names by place, those of what is no product in the language of the export."""
    return [*book.world.products.names, *(row[2 - style.chinese] for row in NOT_GOODS.values())]


def _look_up(values: list[str] | tuple[str, ...], places: np.ndarray) -> list[Cell]:
    return [values[place] for place in places.tolist()]


def _dates(book: Book, records: np.ndarray, form: DateForm) -> list[Cell]:
    clock = book.world.clock
    known: dict[tuple[int, int], Cell] = {}
    for day, years in set(zip(records["day"].tolist(), records["plus_years"].tolist(), strict=True)):
        date = clock.date(day)
        # A slip in the year of a leap day would be no date at all: it lands on the 28th.
        date = date.replace(year=date.year + years, day=min(date.day, 28) if years else date.day)
        serial = form in ("excel", "serial")
        text = "" if serial else DATE_FORMS[form].format(date.year, date.month, date.day)
        known[day, years] = (date - EXCEL_DAY_ZERO).days if serial else text
    texts = [known[key] for key in zip(records["day"].tolist(), records["plus_years"].tolist(), strict=True)]
    if form != "with_time":
        return texts
    return [
        f"{text} {minute // 60:02d}:{minute % 60:02d}"  # 60 minutes
        for text, minute in zip(texts, records["minute"].tolist(), strict=True)
    ]


def money_text(cents: int, style: Style) -> str:
    """Money in a text file, with the separators and brackets of its style."""
    text = f"{abs(cents) / CENTS:,.2f}" if style.thousands else f"{abs(cents) / CENTS:.2f}"
    if cents >= 0:
        return text
    return f"({text})" if style.brackets else f"-{text}"


def _money(cents: np.ndarray, style: Style, *, ten_thousands: bool) -> list[Cell]:
    if style.is_sheet:
        return (cents / (CENTS_OF_TEN_THOUSAND if ten_thousands else CENTS)).tolist()
    return [money_text(one, style) for one in cents.tolist()]


def _discounts(basis_points: np.ndarray, style: Style) -> list[Cell]:
    if style.is_sheet:
        return (basis_points / 10_000).tolist()  # basis points
    if style.chinese:
        return [f"{one // 100}%" for one in basis_points.tolist()]  # basis points in a percent
    return [f"{one / 10_000:.2f}" for one in basis_points.tolist()]  # basis points


def _channels(book: Book, records: np.ndarray) -> list[Cell]:
    """The counter for walk-ins; for the others the desk, or the shop on the web for every third order."""
    online = records["order"] % len(CHANNELS) == 1
    return _look_up(CHANNELS, np.where(records["customer"] == book.world.counter, 2, online))


def customer_rows(book: Book) -> list[list[str]]:
    """The customer list: id, name, industry, region, sales rep, day the account was opened."""
    people, clock = book.world.customers, book.world.clock
    industries, regions = list(INDUSTRIES), list(REGIONS)
    rows = [
        [people.ids[n], people.names[n], industries[people.industry[n]], regions[people.region[n]],
         people.desks[people.desk[n]], clock.date(people.registered[n]).isoformat()]
        for n in range(len(people.ids))
    ]  # fmt: skip
    opened = clock.date(int(people.registered.min())).isoformat()
    special = [[account[0], account[1], account[3], "", "", opened] for account in SPECIAL_ACCOUNTS.values()]
    return rows + special


CUSTOMER_HEADERS = ("客户编号", "客户名称", "行业", "省份", "业务员", "建档日期")
PRODUCT_HEADERS = ("产品编码", "产品名称", "品类", "单位", "成本", "标价")


def product_rows(book: Book) -> list[list[Cell]]:
    """The product list; the cost stays empty where nobody entered it."""
    products = book.world.products
    return [
        [products.ids[n], products.names[n], products.categories[products.category[n]], products.units[n],
         products.cost[n] / CENTS if products.cost_is_entered[n] else None, products.list_price[n] / CENTS]
        for n in range(len(products.ids))
    ]  # fmt: skip
