"""What stands in each cell of an export: the columns of one file or sheet."""

from __future__ import annotations

import datetime

import numpy as np

from analysis.simulate.exports.book import KINDS, NO_ACCOUNT, NOT_GOODS, Book
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
E4_PER_CENT = 100  # ten-thousandths of the currency
TAX_PERCENT = 13  # value added tax on goods since April 2019 (财政部 税务总局 海关总署公告2019年第39号)
CURRENCY, DOLLARS = "CNY", "USD"
# Words for one thing, the usual one first.
CANCELLED = ("已取消", "交易关闭", "已作废", "已撤销", " 已取消", "订单取消")
CANCELLED_ENGLISH = ("cancelled", "Canceled", "CLOSED", "void ", "Cancelled", "voided")
RETURNED = ("退货", "销售退货", "销售退货单", "退货单", "红字发票")
CHANNELS = ("sales desk", "online", "counter")

Cell = str | int | float | None
Columns = dict[str, list[Cell]]


def shown_cents(book: Book) -> np.ndarray:
    """Cents as each export shows them: returns of type 退货 without their minus, tax taken off where it is."""
    shown = np.where(typed_returns(book), -book.records["amount"], book.records["amount"])
    untaxed = np.array([part.style.untaxed for part in book.parts])[book.records["part"]]
    return np.where(untaxed, before_tax(shown), shown)


def shown_e4(book: Book) -> np.ndarray:
    """The same in ten-thousandths; sheets also show the parts of a cent that taking off the tax leaves."""
    shown = np.where(typed_returns(book), -book.records["amount"], book.records["amount"])
    exact = np.array([part.style.untaxed and part.style.is_sheet for part in book.parts])[book.records["part"]]
    return np.where(exact, before_tax(shown * E4_PER_CENT), shown_cents(book) * E4_PER_CENT)


def before_tax(cents: np.ndarray) -> np.ndarray:
    """Cents without the tax in them, rounded half away from zero on whole numbers."""
    whole = 100 + TAX_PERCENT  # 100 percent
    return np.sign(cents) * ((2 * np.abs(cents) * 100 + whole) // (2 * whole))  # 100 percent, 2: half of one


def typed_returns(book: Book) -> np.ndarray:
    """Lines that are returns by their type, not by their sign."""
    style = np.array([part.style.typed_returns for part in book.parts])[book.records["part"]]
    return style & (book.records["kind"] == RETURN_SAME)


def columns_of(book: Book, part: int, chosen: np.ndarray) -> Columns:
    """The cells of the records ``chosen``, by field, as the part's style writes them."""
    records, style = book.records[chosen], book.parts[part].style
    sign = np.where(typed_returns(book)[chosen], -1, 1)
    product_ids = [*book.world.products.ids, *(row[0] for row in NOT_GOODS.values())]
    done, off = ("completed", CANCELLED_ENGLISH) if style.english else ("交易成功", CANCELLED)
    back = RETURNED
    if not book.world.preset.mess.many_words:
        off, back = off[:1], back[:1]
    turn = records["order"].tolist()
    columns: Columns = {
        "order_id": [book.numbers[n] for n in records["number"].tolist()],
        "order_date": _dates(book, records, style.dates),
        "product_id": _look_up(product_ids, records["product"]),
        "product_name": _look_up(product_names(book, style), records["product"]),
        "qty": (records["qty"] * sign).tolist(),
        "unit_price": money_cells(records["price"], style, ten_thousands=False),
        "discount": _discounts(records["discount_bp"], style),
        "amount": money_cells(records["amount"] * sign, style, ten_thousands=style.ten_thousands),
        "line_type": [back[n % len(back)] if minus < 0 else "销售" for n, minus in zip(turn, sign.tolist(), strict=True)],
        "status": [off[n % len(off)] if gone else done for n, gone in zip(turn, records["cancelled"].tolist(), strict=True)],
        "channel": _channels(book, records),
        "currency": _look_up((CURRENCY, DOLLARS), records["fault"] == KINDS.index("other_currency")),
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
    special = [account[1 + style.english] for account in SPECIAL_ACCOUNTS.values()]
    ids = account_ids(book)
    shown = np.where(records["account"] == NO_ACCOUNT, who, records["account"])
    called = np.where(records["account"] > book.test_account, records["account"], who)
    regions = [list(REGIONS)[region] for region in people.region.tolist()]
    desks = [people.desks[desk] for desk in people.desk.tolist()]
    nothing = [""] * len(special)
    return {  # the last place is that of nobody, which the number -1 finds
        "customer_id": _look_up([*ids, ""], shown),
        "customer_name": _look_up([*book.names, *special, *(one.name for one in book.accounts), ""], called),
        "region": _look_up([*regions, *nothing, ""], who),
        "sales_rep": _look_up([*desks, *nothing, ""], who),
    }


def account_ids(book: Book) -> list[str]:
    """Customer numbers by place: the customers' own, the special accounts', the second ones."""
    special = (account[0] for account in SPECIAL_ACCOUNTS.values())
    return [*book.world.customers.ids, *special, *(account.id for account in book.accounts)]


def product_names(book: Book, style: Style) -> list[str]:
    """Names by place, those of what is no product in the language of the export."""
    return [*book.world.products.names, *(row[1 + style.english] for row in NOT_GOODS.values())]


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


def money_cells(cents: np.ndarray, style: Style, *, ten_thousands: bool) -> list[Cell]:
    """Money as the style shows it: numbers in sheets, text in text files."""
    if style.is_sheet:
        full = cents * 100 / (100 + TAX_PERCENT) if style.untaxed else cents  # 100 percent
        return (full / (CENTS_OF_TEN_THOUSAND if ten_thousands else CENTS)).tolist()
    cents = before_tax(cents) if style.untaxed else cents
    return [money_text(one, style) for one in cents.tolist()]


def _discounts(basis_points: np.ndarray, style: Style) -> list[Cell]:
    if style.is_sheet:
        return (basis_points / 10_000).tolist()  # basis points
    if style.english:
        return [f"{one / 10_000:.2f}" for one in basis_points.tolist()]  # basis points
    return [f"{one // 100}%" for one in basis_points.tolist()]  # basis points in a percent


def _channels(book: Book, records: np.ndarray) -> list[Cell]:
    """The counter for walk-ins; for the others the desk, or the shop on the web for every third order."""
    online = records["order"] % len(CHANNELS) == 1
    return _look_up(CHANNELS, np.where(records["customer"] == book.world.counter, 2, online))


def customer_rows(book: Book) -> list[list[str]]:
    """The customer list: id, name, industry, region, sales rep, day the account was opened."""
    people, clock = book.world.customers, book.world.clock
    industries, regions = list(INDUSTRIES), list(REGIONS)

    def row(place: int, number: str, name: str, opened: int) -> list[str]:
        return [number, name, industries[people.industry[place]], regions[people.region[place]],
                people.desks[people.desk[place]], clock.date(opened).isoformat()]  # fmt: skip

    rows = [
        row(place, people.ids[place], book.names[place], int(people.registered[place]))
        for place in range(len(people.ids))
        if place not in book.merged
    ]
    rows += [row(one.customer, one.id, one.name, one.day) for one in book.accounts]
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
         book.costs.get(n, int(products.cost[n])) / CENTS if products.cost_is_entered[n] else None, products.list_price[n] / CENTS]
        for n in range(len(products.ids))
    ]  # fmt: skip
