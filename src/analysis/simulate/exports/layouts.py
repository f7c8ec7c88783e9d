"""Which export holds which days, and how each export writes its cells."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Literal

from analysis.simulate.world.mess import Mess

DateForm = Literal["iso", "slash", "compact", "chinese", "day_first", "with_time", "excel", "serial"]

_OLD = {
    "order_id": "订单号", "line_type": "单据类型", "order_date": "订单日期", "customer_id": "客户编号",
    "customer_name": "客户名称", "region": "省份", "sales_rep": "业务员", "product_id": "产品编码",
    "product_name": "产品名称", "qty": "数量", "unit_price": "含税单价", "discount": "折扣率",
    "amount": "含税金额", "status": "订单状态",
}  # fmt: skip
_SHEET = {
    "order_id": "单据编号", "line_type": "单据类型", "order_date": "单据日期", "customer_id": "客户编码",
    "customer_name": "客户名称", "region": "地区", "sales_rep": "业务员", "product_id": "存货编码",
    "product_name": "商品名称", "qty": "数量", "unit_price": "含税单价", "discount": "折扣率",
    "amount": "含税金额", "status": "单据状态",
}  # fmt: skip
_LEDGER = {
    "order_id": "订单编号", "order_date": "业务日期", "customer_id": "客户编号", "customer_name": "客户名称",
    "region": "省份", "sales_rep": "业务员", "product_id": "产品编码", "product_name": "产品名称",
    "qty": "数量", "unit_price": "含税单价(元)", "amount": "含税金额(万元)",
}  # fmt: skip
_ENGLISH = {
    "order_id": "order_id", "order_date": "order_date", "customer_id": "customer_id",
    "customer_name": "customer_name", "region": "region", "sales_rep": "sales_rep", "channel": "channel",
    "product_id": "sku", "product_name": "product_name", "qty": "quantity", "unit_price": "unit_price",
    "discount": "discount", "amount": "amount", "status": "status",
}  # fmt: skip
# The same columns as a later version of the system puts them: numbers first, the customer last.
_SWAPPED = {name: _ENGLISH[name] for name in (
    "order_date", "order_id", "amount", "qty", "unit_price", "discount", "status", "product_id", "product_name",
    "channel", "sales_rep", "customer_name", "region", "customer_id",
)}  # fmt: skip


@dataclass(frozen=True)
class Style:
    """How one export writes its cells.

    Parameters
    ----------
    headers : field and its header, in the order of the columns.
    encoding, delimiter : of text files; sheets have none.
    dates : the one form of every readable date.
    english : its words are English.
    typed_returns : returns are positive numbers on lines of type 退货, not negative numbers.
    thousands : 1,234.50.
    brackets : negative money is (12.50).
    ten_thousands : money of the line in 万元.
    title_rows : rows above the header.
    total_row : a row 合计 at the end.
    subtotals : a row 小计 after every month.
    untaxed : amounts and prices are without the tax; ``silent``: and no header says so.
    """

    headers: dict[str, str]
    dates: DateForm
    encoding: str = ""
    delimiter: str = ""
    english: bool = False
    typed_returns: bool = False
    thousands: bool = False
    brackets: bool = False
    ten_thousands: bool = False
    title_rows: int = 0
    total_row: bool = False
    subtotals: bool = False
    untaxed: bool = False
    silent: bool = False

    @property
    def is_sheet(self) -> bool:
        """A sheet of a workbook, not a text file."""
        return not self.encoding


OLD_CSV = Style(_OLD, "chinese", "gb18030", ",", typed_returns=True, thousands=True, total_row=True)
HALF_YEAR_SHEET = Style(_SHEET, "excel", typed_returns=True, title_rows=3, total_row=True)
LEDGER = Style(_LEDGER, "serial", ten_thousands=True, title_rows=2, total_row=True)
QUARTERS = (
    Style(_ENGLISH, "iso", "utf-8-sig", ",", english=True),
    Style(_ENGLISH, "iso", "utf-8-sig", ",", english=True),
    Style(_ENGLISH, "slash", "utf-8-sig", ",", english=True, thousands=True, brackets=True),
    Style(_ENGLISH, "compact", "utf-8-sig", ",", english=True),
)
FIRST_HALF = Style(_ENGLISH, "day_first", "utf-8", "\t", english=True)
LATEST = Style(_ENGLISH, "with_time", "utf-8-sig", ",", english=True, thousands=True)
SWAPPED_QUARTERS = (2, 3)  # the system was renewed in the middle of that year


@dataclass(frozen=True)
class Part:
    """One text file or one sheet, and the days it holds; ``quarter`` counts from 1 in the year of quarters."""

    file: str
    sheet: str
    style: Style
    first: datetime.date
    last: datetime.date
    ledger: bool = False
    quarter: int = 0


@dataclass(frozen=True)
class _Styles:
    old: Style
    half_year: Style
    ledger: Style
    quarters: tuple[Style, ...]
    first_half: Style
    latest: Style


def _styles(mess: Mess) -> _Styles:
    """The styles of a firm as tidy as ``mess`` says."""
    old = replace(OLD_CSV, subtotals=mess.subtotals)
    half_year = HALF_YEAR_SHEET
    if mess.untaxed_year:
        named = {name: header.replace("含税", "未税") for name, header in half_year.headers.items()}
        half_year = replace(half_year, headers=named, untaxed=True)
    swapped = SWAPPED_QUARTERS if mess.swapped_columns else ()
    quarters = tuple(
        replace(style, headers=_SWAPPED) if n in swapped else style for n, style in enumerate(QUARTERS)
    )
    first_half = replace(FIRST_HALF, untaxed=True, silent=True) if mess.silent_untaxed else FIRST_HALF
    with_currency = {**_ENGLISH, "currency": "currency"}
    latest = replace(LATEST, headers=with_currency) if mess.other_currency else LATEST
    return _Styles(old, half_year, LEDGER, quarters, first_half, latest)


def plan_parts(first: datetime.date, last: datetime.date, mess: Mess) -> list[Part]:
    """The exports of a firm that changed its system two years before the end, oldest first."""
    found: list[Part] = []
    for year in range(first.year, last.year + 1):
        found += _year(year, last.year - year, _styles(mess))
    return [part for part in found if part.first <= last and part.last >= first]


def _year(year: int, years_ago: int, styles: _Styles) -> list[Part]:
    january, december = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    june, july = datetime.date(year, 6, 30), datetime.date(year, 7, 1)
    if years_ago == 0:
        return [
            Part(f"sales_{year}_h1.tsv.gz", "", styles.first_half, january, june),
            Part(f"sales_{year}_h2.csv", "", styles.latest, july, december),
        ]
    if years_ago == 1:
        starts = [datetime.date(year, 1 + 3 * n, 1) for n in range(len(QUARTERS))]  # 3 months a quarter
        ends = [start - datetime.timedelta(1) for start in starts[1:]] + [december]
        return [
            Part(f"框架合同台账_{year}.xlsx", "台账", styles.ledger, january, december, ledger=True),
            *(
                Part(f"sales_{year}_q{n + 1}.csv", "", style, starts[n], ends[n], quarter=n + 1)
                for n, style in enumerate(styles.quarters)
            ),
        ]
    if years_ago == 2:  # 2: the last full year of the old system, exported by hand
        file = f"销售明细_{year}.xlsx"
        return [
            Part(file, "上半年", styles.half_year, january, june),
            Part(file, "下半年", styles.half_year, july, december),
        ]
    return [Part(f"销售明细_{year}.csv", "", styles.old, january, december)]


def overlapping(parts: list[Part]) -> tuple[int, int] | None:
    """The two parts that hold the same first days of a quarter, where the history reaches that far."""
    quarters = [n for n, part in enumerate(parts) if part.quarter]
    return (quarters[0], quarters[1]) if len(quarters) == len(QUARTERS) else None
