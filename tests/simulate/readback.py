"""The demo's files read back by an own reader: csv, calamine, decimal numbers, nothing of the writer's."""

import csv
import datetime
import gzip
import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

import python_calamine

# Header in any of the exports: what it holds.
HEADERS = {
    "订单号": "order", "单据编号": "order", "订单编号": "order", "order_id": "order",
    "订单日期": "date", "单据日期": "date", "业务日期": "date", "order_date": "date",
    "客户编号": "customer", "客户编码": "customer", "customer_id": "customer",
    "客户名称": "name", "customer_name": "name",
    "省份": "region", "地区": "region", "region": "region",
    "业务员": "rep", "sales_rep": "rep", "channel": "channel",
    "产品编码": "product", "存货编码": "product", "sku": "product",
    "产品名称": "product_name", "商品名称": "product_name", "product_name": "product_name",
    "数量": "qty", "quantity": "qty",
    "含税单价": "price", "含税单价(元)": "price", "unit_price": "price",
    "折扣率": "discount", "discount": "discount",
    "含税金额": "amount", "含税金额(万元)": "amount", "amount": "amount",
    "单据类型": "type", "订单状态": "status", "单据状态": "status", "status": "status",
}  # fmt: skip
DATE = {
    "销售明细_2023.csv": r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日",
    "sales_2025_q1.csv": r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)",
    "sales_2025_q2.csv": r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)",
    "sales_2025_q3.csv": r"(?P<y>\d{4})/(?P<m>\d\d)/(?P<d>\d\d)",
    "sales_2025_q4.csv": r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)",
    "sales_2026_h1.tsv.gz": r"(?P<d>\d\d)/(?P<m>\d\d)/(?P<y>\d{4})",
    "sales_2026_h2.csv": r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d) \d\d:\d\d",
}
# Forms that a hand may use in any file: each is one day and no other.
ANYWHERE = (
    r"(?P<y>\d{4})[-/](?P<m>\d\d)[-/](?P<d>\d\d)( \d\d:\d\d)?",
    r"(?P<y>20\d\d)(?P<m>\d\d)(?P<d>\d\d)",
    r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日",
)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
NAMED = rf"(?P<d>\d{{1,2}})-(?P<m>{'|'.join(MONTHS)})-(?P<y>\d{{4}})"
SERIAL = r"4[0-9]{4}"
# Kinds of fault that are about a customer, a product or a whole file, not about one line.
ABOUT_LISTS = ("missing_cost", "cost_unit", "split_id", "merged_id", "group_company")
ABOUT_FILES = ("gb18030", "excel_serial", "ten_thousands", "swapped_columns", "untaxed_year", "silent_untaxed")
ABOUT_NO_LINE = ABOUT_LISTS + ABOUT_FILES
HEADER_ROW = {"销售明细_2024.xlsx": 4, "框架合同台账_2025.xlsx": 3}
FULL_TO_HALF = str.maketrans("０１２３４５６７８９￥．，", "0123456789¥.,")
CURRENCY = re.compile(r"^\s*(¥|RMB|CNY)?\s*|\s*元?\s*$")


class Line(NamedTuple):
    """One row of one file; ``cells`` by the words of HEADERS, as they stand there."""

    file: str
    sheet: str
    row: int
    cells: dict[str, object]

    @property
    def amount_e4(self):
        """Ten-thousandths of the currency as written; none where no number can be read."""
        value = number(self.cells["amount"])
        if value is None:
            return None
        scaled = value * 10_000 * (10_000 if self.file.startswith("框架合同") else 1)
        whole = scaled.to_integral_value()
        assert abs(scaled - whole) < Decimal("0.001"), (self.file, self.row)
        return int(whole)

    @property
    def net_e4(self):
        """The same with the minus that a line of type 退货 goes without."""
        return -self.amount_e4 if self.cells.get("type") == "退货" else self.amount_e4

    @property
    def day(self):
        """The day, none where the cell is no date of its file."""
        cell = self.cells["date"]
        if isinstance(cell, datetime.date):
            return cell
        if isinstance(cell, float) or re.fullmatch(SERIAL, cell):
            return datetime.date(1899, 12, 30) + datetime.timedelta(int(cell))
        if found := re.fullmatch(NAMED, cell):
            return datetime.date(int(found["y"]), MONTHS.index(found["m"]) + 1, int(found["d"]))
        forms = (DATE.get(self.file, "(?!)"), *ANYWHERE)
        found = next((match for form in forms if (match := re.fullmatch(form, cell))), None)
        return (
            datetime.date(*(int(found[part]) for part in "ymd")) if found and cell != "0000-00-00" else None
        )

    @property
    def is_total(self):
        return self.cells["order"] == "合计"


def number(cell):
    """The value of a cell, in whatever dress."""
    if isinstance(cell, float):
        return Decimal(repr(cell))
    text = CURRENCY.sub("", str(cell).translate(FULL_TO_HALF).replace(",", ""))
    if text.startswith("(") and text.endswith(")"):
        text = "-" + text[1:-1]
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def read_tables(file):
    """(sheet, row number of the header, all rows) of one file."""
    if file.suffix == ".xlsx":
        book = python_calamine.CalamineWorkbook.from_path(str(file))
        for sheet in book.sheet_names:
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            yield sheet, HEADER_ROW.get(file.name, 1), rows
        return
    content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    encoding = "gb18030" if file.name.startswith("销售明细") else "utf-8-sig"
    delimiter = "\t" if ".tsv" in file.name else ","
    text = content.decode(encoding)
    yield "", 1, list(csv.reader(text.splitlines(), delimiter=delimiter))


def read_lines(folder):
    """Every row under the header of every order file, total rows among them."""
    for file in sorted(folder.iterdir()):
        if file.is_dir() or file.name in ("products.xlsx", "customers.csv"):
            continue
        for sheet, header_row, rows in read_tables(file):
            names = [HEADERS[header] for header in rows[header_row - 1]]
            for row, cells in enumerate(rows[header_row:], start=header_row + 1):
                yield Line(file.name, sheet, row, dict(zip(names, cells, strict=True)))
