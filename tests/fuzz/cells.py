"""Cells as people and machines write them, with the value that each one has."""

from __future__ import annotations

from decimal import Decimal
from random import Random

E4 = 10_000
WIDE = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
LARGEST = 10**11  # from here on a cell holds no amount of one line

NO_NUMBERS = (
    "abc", "1.2.3", "--5", "1e400", "9" * 400, "inf", "-inf", "0x10", "1_000", "1 2 x", "()", "(-)", "%", "¥", "+", "-.", ".", "1e",
    "e5", "=1+1", "1/2", "12:30", "２千", "#DIV/0!", "TRUE", "十二", "NT", "CNY", "1" * 12, "(1", "1)", "$-", "\x00", "1\x005",
)  # fmt: skip
NO_DATES = (
    "", "yesterday", "2024-13-01", "2024-02-30", "0000-00-00", "9999-99-99", "2024-1", "99999", "1e9", "99/99/9999", "31/31/24",
    "2024年", "45 Foo 2024", "Foo 12 2024", "0 Jan 2024", "2024-01-05T99:99", "20241399", "-1", "79999.99", "00000", "00/00/0000",
    "2024-01-05\x00", "12 Dec 99999", "2024-01-01 ten o'clock", "20000", "9999-12-31", "0001-01-01", "10000-01-01",
)  # fmt: skip
ODD_TEXTS = (
    "", " ", "\t", "\x00", "\x01\x02", "\x1b[31mred", "\x1e", "\x1ex", "a\x1eb", "\u202eabc", "\u200b", "\ufeff", "\ufffd", "\uffff",
    "ß", "ﬀ", "İ", "e\u0301", "👩‍👩‍👧‍👦", "北京", "\u2028", "\x85", "'", "''", '"', '""', 'a"b', "a,b", "a;b", "a\tb", "a|b", "a\nb", "a\r\nb",
    "a\rb", "\\", "\\n", "%", "_", "{{ x }}", "{% x %}", "'; DROP TABLE lines; --", "NULL", "nan", "-", "合计", "total", "TRUE", "=1+1",
    "c1", "row_no", "1.0", "007", "散客", "退货", "已取消",
)  # fmt: skip


def amount(rng: Random) -> tuple[str, int | None]:
    """A cell and its value in ten-thousandths; ``None`` where the cell has no value."""
    if rng.random() < 0.1:
        return rng.choice(NO_NUMBERS), None
    places = rng.choice((0, 0, 1, 2, 2, 2, 4))
    top = rng.choice((0, 9, 99, 9_999, 10**7, LARGEST - 1))
    value = Decimal(rng.randint(0, top * 10**places)).scaleb(-places)
    negative = rng.random() < 0.15 and value != 0
    e4 = int(value * E4) * (-1 if negative else 1)
    return _written(rng, value, negative=negative), e4


def _written(rng: Random, value: Decimal, *, negative: bool) -> str:
    plain, grouped = f"{value:f}", f"{value:,f}"
    sign = "-" if negative else ""
    forms = [sign + plain] * 4 + [sign + grouped, f"{sign}{plain}".translate(WIDE), f" {sign}{plain} ", f"{sign}{plain}元"]
    forms += [f"({grouped})", f"{plain}-", f"（{plain}）"] if negative else [f"+{plain}", f"¥{grouped}", f"$ {plain}", f"￥{plain}", f"{plain} EUR"]
    if value < 1_000 and value != 0:
        forms.append(f"{sign}{value * 100:f}%" if value < 10 else sign + plain)
        forms.append(sign + plain + ("0" * rng.randint(1, 9) if "." in plain else "." + "0" * rng.randint(1, 9)))
    return rng.choice(forms)


def date(rng: Random) -> str:
    """A day of the first quarter of 2024 in some writing, or no day at all."""
    if rng.random() < 0.1:
        return rng.choice(NO_DATES)
    month, day = rng.randint(1, 3), rng.randint(1, 28)
    return rng.choice(
        (f"2024-{month:02}-{day:02}",) * 4
        + (f"2024/{month}/{day}", f"2024{month:02}{day:02}", f"2024年{month}月{day}日", f"2024-{month:02}-{day:02} 23:59:59",
           f"2024-{month:02}-{day:02}T10:30:00Z", f"{45291 + 31 * (month - 1) + day % 28}", f"{day} {'JanFebMar'[3 * month - 3:3 * month]} 2024")
    )  # fmt: skip


def text(rng: Random) -> str:
    """Any text: usual words, odd signs, noise, and now and then a very long one."""
    kind = rng.random()
    if kind < 0.5:
        return rng.choice(("华东", "East", "A-1", "pens", "李雷", "online"))
    if kind < 0.8:
        return rng.choice(ODD_TEXTS)
    if kind < 0.82:
        sign = rng.choice(("x", "北", '"', "\n", "9", "-"))
        return sign * (300 if sign == "\n" else rng.choice((300, 300, 5_000, 5_000, 70_000)))  # over 1,000 lines no quote is one
    return "".join(chr(_sign(rng)) for _ in range(rng.randint(1, 12)))


def _sign(rng: Random) -> int:
    """A code point of any plane but the surrogates, small ones more often."""
    point = rng.choice((rng.randint(0, 127), rng.randint(0, 0x2FF), rng.randint(0x3000, 0x9FFF), rng.randint(0, 0x10FFFF)))
    return point if not 0xD800 <= point <= 0xDFFF else 0x4E00
