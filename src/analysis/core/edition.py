"""One edition of a page: its language and its currency decide how a value reads (Babel)."""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_name,
    get_currency_symbol,
)

from analysis.core.words import Words

Language = Literal["zh", "en"]

LANGUAGES: tuple[Language, ...] = ("zh", "en")
TAGS: dict[str, str] = {"zh": "zh-Hans", "en": "en"}
LOCALES: dict[str, str] = {"zh": "zh_Hans_CN", "en": "en"}
SCALES: dict[str, tuple[float, ...]] = {"zh": (1e12, 1e8, 1e4), "en": (1e12, 1e9, 1e6, 1e3)}
SCALE_NAMES: dict[str, tuple[str, ...]] = {"zh": ("万亿", "亿", "万"), "en": ("T", "B", "M", "K")}

MISSING = "–"
MINUS = "−"
FARTHEST_PLAIN = (1e-3, 1e5)  # a parameter of a model beyond these is written in powers of ten
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SHORT_TEXT = 80  # characters of one text from the data that a page shows
MOST_MARKS = 4  # above and below one letter: a Hebrew letter with vowel and accents carries as many

_FORM = re.compile(r"(\+?)([a-z]+(?:_[a-z]+)*)(\d?)")
_NUMBERS = ("percent", "points", "money", "amount", "count", "number", "parameter", "days", "months")
_DATES = ("date", "month", "month_short", "month_name")
_KEPT_FORMAT_CHARACTERS = "\u200c\u200d"  # joiners are part of the spelling


@dataclass(frozen=True)
class MoneyUnit:
    """What a whole column or axis is shown in: ``value / divisor``, ``digits`` decimals, unit ``name``."""

    divisor: float
    name: str
    digits: int


@dataclass(frozen=True)
class Edition:
    """A language and a currency; the currency comes from the data, never from the language.

    An empty currency is one that neither the data nor the parameters name: money is then a plain number.
    """

    language: Language
    currency: str

    @property
    def tag(self) -> str:
        """Value of the HTML attribute ``lang``."""
        return TAGS[self.language]

    @property
    def locale(self) -> Locale:
        return _locale(self.language)

    def words(self, both: Words) -> str:
        """The half of ``both`` that this edition speaks."""
        return both.zh if self.language == "zh" else both.en

    def show(self, value: Any, form: str) -> str:
        """``value`` in ``form``: ``percent1``, ``+money``, ``date``; see ``is_form``."""
        sign, name, digits = _parts(form)
        if name in _DATES:
            return self._date(value, name)
        if is_missing(value):
            return MISSING
        return self._number(float(value), name, int(digits) if digits else None, signed=bool(sign))

    def money_unit(self, values: Any) -> MoneyUnit:
        """The unit in which all of ``values`` read well: large, and yet the usual small one is not 0.00."""
        sizes = sorted(abs(float(value)) for value in values if not is_missing(value) and value)
        largest, typical = (sizes[-1], sizes[len(sizes) // 4]) if sizes else (0.0, 0.0)
        room = 10 if self.language == "zh" else 1  # 17662万元 reads better than 1.77亿元 beside other columns
        for divisor, scale in zip(SCALES[self.language], SCALE_NAMES[self.language], strict=True):
            if largest >= divisor * room and typical >= divisor / 100:  # two decimals show the typical value
                return MoneyUnit(divisor, self._unit_name(scale), 2 if largest < divisor * 100 else 1)
        return MoneyUnit(1.0, self._unit_name(""), 2 if largest < 100 else 0)  # cents matter below 100

    def _unit_name(self, scale: str) -> str:
        if self.language == "en":
            return f"{self.symbol}{scale}"
        if not self.currency:
            return scale
        name = "元" if self.currency == "CNY" else get_currency_name(self.currency, locale=self.locale)
        return f"{scale}{name}"

    @property
    def symbol(self) -> str:
        """Sign of the currency; a report in one currency needs no ``CN¥``."""
        if not self.currency:
            return ""
        return "¥" if self.currency == "CNY" else get_currency_symbol(self.currency, locale=self.locale)

    def _number(self, value: float, name: str, digits: int | None, *, signed: bool) -> str:
        size = "∞" if math.isinf(value) else getattr(self, f"_{name}")(abs(value), digits)
        sign = MINUS if value < 0 else "+" if signed and value > 0 else ""
        nothing = not any(character in "123456789∞" for character in size)
        return size if nothing else sign + size

    def _percent(self, size: float, digits: int | None) -> str:
        return format_percent(size, format=f"#,##0{_decimals(digits or 0)}%", locale=self.locale)

    def _points(self, size: float, digits: int | None) -> str:
        number = self._decimal(size * 100, 1 if digits is None else digits)  # a percentage point is 1/100
        return f"{number}个百分点" if self.language == "zh" else f"{number} pp"

    def _count(self, size: float, digits: int | None) -> str:
        return self._decimal(size, digits or 0)

    def _number_plain(self, size: float, digits: int | None) -> str:
        return self._decimal(size, digits or 0)

    def _parameter(self, size: float, digits: int | None) -> str:
        """So many significant digits of a number of a model, and two of one that is far from 1: 2.1 × 10⁸."""
        mantissa, exponent = f"{size:.1e}".split("e")
        if size and not FARTHEST_PLAIN[0] <= size < FARTHEST_PLAIN[1]:
            return f"{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPTS)}"
        return self._decimal(size, max((digits or 1) - 1 - int(exponent), 0) if size else 0)

    def _amount(self, size: float, digits: int | None) -> str:
        if not self.currency:
            return self._decimal(size, digits or 0)
        text = format_currency(
            size, self.currency, f"¤#,##0{_decimals(digits or 0)}", locale=self.locale, currency_digits=False
        )
        return self._plain_symbol(text)

    def _money(self, size: float, digits: int | None) -> str:
        """About three significant digits: ¥12.3M, ¥1234万."""
        scale = next((s for s in reversed(SCALES[self.language]) if s <= size < s * self._step), None)
        if size >= SCALES[self.language][0]:
            scale = SCALES[self.language][0]
        if scale is None:
            return self._amount(size, 2 if 0 < size < 100 else 0)  # cents matter below 100
        shown = digits if digits is not None else 2 if size / scale < 10 else 1 if size / scale < 100 else 0
        rounded = round(size / scale, shown) * scale
        if rounded >= scale * self._step and scale < SCALES[self.language][0]:
            return self._money(rounded, digits)
        if not self.currency:
            return format_compact_decimal(rounded, locale=self.locale, fraction_digits=shown)
        text = format_compact_currency(rounded, self.currency, locale=self.locale, fraction_digits=shown)
        return self._plain_symbol(text)

    @property
    def _step(self) -> float:
        return 1e4 if self.language == "zh" else 1e3

    def _days(self, size: float, digits: int | None) -> str:
        number = self._decimal(size, digits or 0)
        if self.language == "zh":
            return f"{number}天"
        return f"{number} day" if number == "1" else f"{number} days"

    def _months(self, size: float, digits: int | None) -> str:
        number = self._decimal(size, digits or 0)
        if self.language == "zh":
            return f"{number} 个月"
        return f"{number} month" if number == "1" else f"{number} months"

    def _decimal(self, size: float, digits: int) -> str:
        return format_decimal(size, format=f"#,##0{_decimals(digits)}", locale=self.locale)

    def _plain_symbol(self, text: str) -> str:
        return text.replace("CN¥", "¥") if self.currency == "CNY" else text

    def _date(self, value: Any, name: str) -> str:
        if is_missing(value):
            return MISSING
        day = datetime.date(value.year, value.month, value.day)
        if name == "date":
            return format_date(day, "long", locale=self.locale)
        skeleton = {"month": "yMMMM", "month_short": "yMMM", "month_name": "MMM"}[name]
        return format_skeleton(skeleton, day, locale=self.locale)


def is_missing(value: Any) -> bool:
    """True for None and for every missing value of pandas and numpy."""
    return value is None or type(value).__name__ in ("NAType", "NaTType") or bool(value != value)


def is_form(text: str) -> bool:
    """True for a way to show a value.

    Numbers: ``percent``, ``points`` (percentage points), ``money`` (compact), ``amount`` (in full),
    ``count``, ``number``, ``days``, ``months``, ``parameter`` (in powers of ten where far from 1). A digit behind gives the
    decimals, of a parameter the significant digits; ``+`` before gives gains a sign.
    Dates: ``date``, ``month``, ``month_short``, ``month_name``.
    """
    match = _FORM.fullmatch(text)
    if not match:
        return False
    plain = not match[1] and not match[3]
    return match[2] in _NUMBERS or (match[2] in _DATES and plain)


def tidy(text: str, limit: int = SHORT_TEXT) -> str:
    """``text`` from the data as one short line that cannot turn the line around it.

    Control and direction characters go, any white space becomes one space, no letter keeps more marks than writing
    needs, which would cover the lines around, and what is longer than ``limit`` ends in an ellipsis.
    """
    head = " ".join(text[: limit * 4].split())
    kept = "".join(c for c in head if unicodedata.category(c)[0] != "C" or c in _KEPT_FORMAT_CHARACTERS)
    if not kept.isascii():
        kept = _few_marks(kept)
    return kept if len(kept) <= limit and len(text) <= limit * 4 else kept[: limit - 1].rstrip() + "…"


def _few_marks(text: str) -> str:
    kept, marks = [], 0
    for c in text:
        marks = marks + 1 if unicodedata.category(c) in ("Mn", "Me") else 0
        if marks <= MOST_MARKS:
            kept.append(c)
    return "".join(kept)


@lru_cache
def _locale(language: Language) -> Locale:
    return Locale.parse(LOCALES[language])


@lru_cache
def _parts(form: str) -> tuple[str, str, str]:
    match = _FORM.fullmatch(form)
    if match is None or not is_form(form):
        raise ValueError(f"{form!r} is not a way to show a value; see analysis.core.edition.is_form")
    name = "number_plain" if match[2] == "number" else match[2]
    return match[1], name, match[3]


def _decimals(digits: int) -> str:
    return "." + "0" * digits if digits else ""
