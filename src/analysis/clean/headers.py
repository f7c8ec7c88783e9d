"""Which column a header means: normal forms, units in brackets, aliases, and claims that must be settled."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from analysis.core.contracts.inputs import BASIS, CONTACTS, EXPORTS, LIKELY, ORDERS, WEAK
from analysis.core.contracts.schema import Table

# Factors as headers write them in brackets, and the currencies beside them.
_SCALES = {
    "": 1, "万": 10_000, "萬": 10_000, "千": 1_000, "百": 100, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000,
    "k": 1_000, "000": 1_000, "000s": 1_000, "thousand": 1_000, "thousands": 1_000, "inthousands": 1_000, "tsd": 1_000,
    "m": 1_000_000, "mn": 1_000_000, "mio": 1_000_000, "mm": 1_000_000, "million": 1_000_000, "millions": 1_000_000,
    "inmillions": 1_000_000, "miles": 1_000, "milliers": 1_000, "000000": 1_000_000, "百萬": 1_000_000, "億": 100_000_000,
}  # fmt: skip
_CURRENCIES = {
    "人民币": "CNY", "rmb": "CNY", "cny": "CNY", "￥": "CNY", "¥": "CNY", "美元": "USD", "us$": "USD", "usd": "USD",
    "欧元": "EUR", "euros": "EUR", "euro": "EUR", "eur": "EUR", "€": "EUR", "英镑": "GBP", "gbp": "GBP", "£": "GBP",
    "港币": "HKD", "港元": "HKD", "hk$": "HKD", "hkd": "HKD", "日元": "JPY", "jpy": "JPY", "円": "JPY", "chf": "CHF",
    "aud": "AUD", "cad": "CAD", "sgd": "SGD", "nt$": "TWD", "twd": "TWD", "inr": "INR", "brl": "BRL", "r$": "BRL",
    "krw": "KRW", "$": "USD", "元": "CNY",
}  # fmt: skip
_TAXED = ("含税", "taxed", "incltax", "inclvat", "includingtax", "includingvat", "withtax", "ttc", "brutto", "税込")
_UNTAXED = ("不含税", "未税", "无税", "untaxed", "excltax", "exclvat", "excludingtax", "excludingvat", "ht", "netto", "税抜")
_BRACKETS = re.compile(r"[(\[{【〔<](.*?)[)\]}】〕>]")
_TAIL = re.compile(
    r"[\s_,:/-]*((?:百|千|百万|千万|万|亿)?元|(?:in )?thousands?|(?:in )?millions?|\$\s?(?:000|k|m)|%|percent(?:age)?|pct)$"
)
_COUNTED = re.compile(r"(千万|百万|万|千|亿)\D{0,2}")
MONEY = frozenset(column.name for column in ORDERS.columns if column.kind == "money") | {"list_price", "unit_cost"}


@dataclass(frozen=True)
class Heading:
    """A header taken apart: its normal form, the form without its brackets, and what the brackets say."""

    written: str
    whole: str
    bare: str
    factor: float = 1
    currency: str | None = None
    percent: bool = False
    basis: str | None = None


@dataclass(frozen=True)
class Claim:
    """One header and the column it was read as; ``column`` is ``None`` where it is not used.

    ``note`` is used, not_used, settled_in_params, weak_header, or also_claims:<column>.
    """

    position: int
    header: str
    column: str | None
    factor: float
    currency: str | None
    note: str


@dataclass(frozen=True)
class Fault:
    """What stops the reading of a file: columns that could be one and the same, or an amount of unknown basis."""

    column: str
    headers: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Headers:
    """All headers of a file as columns of one table."""

    claims: tuple[Claim, ...]
    faults: tuple[Fault, ...] = ()
    basis: str | None = None

    @property
    def columns(self) -> dict[str, int]:
        """Column and the position that fills it."""
        return {claim.column: claim.position for claim in self.claims if claim.column}


def normal(text: str) -> str:
    """Letters and digits alone, in lower case and without accents: ``Order_ID`` and ``order id`` are equal."""
    apart = unicodedata.normalize("NFKD", text)
    plain = unicodedata.normalize("NFKC", "".join(sign for sign in apart if not "\u0300" <= sign <= "\u036f"))  # accents
    return "".join(sign for sign in plain.lower() if sign.isalnum())


def heading(written: str) -> Heading:
    """Take a header apart; a cell too long to be one has no normal form."""
    return _taken_apart(written) if len(written) <= LONGEST_WITH_UNIT else Heading(written, "", "")


@lru_cache(maxsize=4096)
def _taken_apart(written: str) -> Heading:
    plain = unicodedata.normalize("NFKC", written).strip().lower()
    found = Heading(written, normal(plain), normal(plain), percent="%" in plain or bool(re.search(r"percent|\bpct\b", plain)))
    if tail := _TAIL.search(plain):
        found = _with_unit(replace(found, bare=normal(plain[: tail.start()])), tail[1])
    for content in _BRACKETS.findall(plain):
        found = replace(found, bare=normal(_BRACKETS.sub("", plain)))
        for part in re.split(r"[,;/、|]| (?=incl|excl)", content):
            found = _with_unit(found, part)
    return found


def _with_unit(found: Heading, part: str) -> Heading:
    word = part.replace(" ", "").replace("'", "").replace("’", "")
    if word in _UNTAXED:
        return replace(found, basis="untaxed")
    if word in _TAXED:
        return replace(found, basis="taxed")
    currency = next((code for code in _CURRENCIES if code in word), None)
    scale = word.replace(currency, "") if currency else word
    scale = scale.replace("元", "").replace("圆", "")
    if scale in _SCALES and (scale or currency):
        return replace(found, factor=_SCALES[scale], currency=_CURRENCIES[currency] if currency else found.currency)
    if counted := _COUNTED.fullmatch(word):
        return replace(found, factor=_SCALES[counted[1]])
    return found


LONGEST_WITH_UNIT = 300  # characters; to look for a unit in a cell without bound takes time without bound
LONGEST_HEADER = 60  # characters; longer cells are text
LIKELY_FROM, WEAK_FROM, CONTACT_FROM, END = 1_000, 2_000, 3_000, 4_000  # ranks, above the length of any list of aliases
_TIERS = ((0, LIKELY_FROM, "used"), (LIKELY_FROM, WEAK_FROM, "likely_header"), (WEAK_FROM, CONTACT_FROM, "weak_header"),
          (CONTACT_FROM, END, "weak_header"))  # fmt: skip


_INDEXES: dict[str, dict[str, dict[str, tuple[int, str | None]]]] = {}


def _aliases(table: Table) -> dict[str, dict[str, tuple[int, str | None]]]:
    """Normal form to the columns it may mean, each with its rank and the basis it states; made once a table."""
    if table.name not in _INDEXES:
        _INDEXES[table.name] = _indexed(table)
    return _INDEXES[table.name]


def _indexed(table: Table) -> dict[str, dict[str, tuple[int, str | None]]]:
    index: dict[str, dict[str, tuple[int, str | None]]] = defaultdict(dict)
    weak = WEAK if table.name == "orders" else {name: WEAK[name] for name in ("customer_id", "customer_name", "product_name")}
    for column in table.columns:
        contacts = CONTACTS if (table.name, column.name) == ("orders", "customer_id") else ()
        for start, names in ((0, column.aliases), (WEAK_FROM, weak.get(column.name, ())), (CONTACT_FROM, contacts)):
            for rank, alias in enumerate(names):
                index[normal(alias)].setdefault(column.name, (start + rank, None))
    for basis, names in BASIS.items() if table.name == "orders" else ():
        for rank, alias in enumerate(names):
            index[normal(alias)]["amount"] = (rank, basis)
    return dict(index)


@dataclass(frozen=True)
class _Offer:
    rank: int
    position: int
    column: str
    basis: str | None

    @property
    def order(self) -> tuple[int, int]:
        return self.rank, self.position


def match(written: Sequence[str], table: Table, settled: Mapping[str, str], *, basis: str | None,
          must_be_one: tuple[str, ...] = ()) -> Headers:  # fmt: skip
    """Read every header as a column of ``table`` or as unused.

    Parameters
    ----------
    written : headers by position; empty text where there is none.
    settled : the user's ``source.columns``: header as written, or position from 1, to column; ``unused`` leaves it out.
    basis : the user's ``source.amount_basis``.
    must_be_one : columns for which two equally good headers are a fault; for others the better alias wins.
    """
    headings = [heading(text) for text in written]
    fixed = _settled(headings, table, settled)
    offers = [offer for at, one in enumerate(headings) if at not in fixed and one.whole
              for offer in _offers(at, one, table)]  # fmt: skip
    taken = {column for column in fixed.values() if column}
    chosen: dict[int, tuple[str, str]] = {at: (column or "", "settled_in_params") for at, column in fixed.items()}
    faults: list[Fault] = []
    said: str | None = None
    for low, high, note in _TIERS if offers else ():  # nearly all rows below the headers offer nothing
        for column in table.by_name:
            rivals = sorted((offer for offer in offers if offer.column == column and offer.position not in chosen
                             and low <= offer.rank < high), key=lambda offer: offer.order)  # fmt: skip
            if not rivals or column in taken or (low == CONTACT_FROM and "customer_name" in taken):
                continue
            best = rivals[0]
            if column == "amount":
                best, fault = _amount(rivals, headings, basis, offers)
                faults += [fault] if fault else []
                said = best.basis if best.basis != "unstated" else basis
            elif low == 0 and len(rivals) > 1 and column in must_be_one and not _is_time_beside_date(rivals, headings):
                faults.append(Fault(column, tuple(headings[one.position].written for one in rivals), "rivals"))
            taken.add(column)
            chosen[best.position] = (column, note)
    if "order_date" in table.by_name and "order_date" not in taken:
        _borrow_date(offers, chosen)
    claims = tuple(_claim(at, one, chosen.get(at), offers) for at, one in enumerate(headings))
    return Headers(claims, tuple(faults), said or basis)


def _is_time_beside_date(rivals: list[_Offer], headings: list[Heading]) -> bool:
    """``transaction_date`` and ``transaction_time`` are one moment in two columns; the day is what counts."""
    stems = {re.sub(r"(date|日期|time|时间|時間)$", "", headings[one.position].bare) for one in rivals}
    first = headings[rivals[0].position].bare
    return len(stems) == 1 and first.endswith(("date", "日期"))


def _borrow_date(offers: list[_Offer], chosen: dict[int, tuple[str, str]]) -> None:
    """An order without a date of its own takes the day it was paid or sent, where a header may mean that."""
    lent = [offer for offer in offers if offer.column == "order_date" and offer.position in chosen
            and chosen[offer.position][0] in ("paid_date", "delivered_date")]  # fmt: skip
    if lent:
        chosen[min(lent, key=lambda offer: offer.order).position] = ("order_date", "weak_header")


_MARKED = {normal(mark): {normal(name): column for name, column in meant.items()} for mark, meant in EXPORTS.items()}


def _settled(headings: list[Heading], table: Table, settled: Mapping[str, str]) -> dict[int, str | None]:
    by_text = {normal(name) or name: column for name, column in settled.items()}
    fixed: dict[int, str | None] = {}
    for at, one in enumerate(headings):
        column = settled.get(one.written.strip(), by_text.get(one.whole)) if one.whole else None
        column = settled.get(str(at + 1)) if column is None and not one.whole else column
        if column is not None:
            fixed[at] = column if column in table.by_name else None
    wholes = {one.whole for one in headings}
    for meant in (meant for mark, meant in _MARKED.items() if table.name == "orders" and mark in wholes):
        for at, one in enumerate(headings):
            if at not in fixed and one.whole in meant:
                fixed[at] = meant[one.whole]
    return fixed


@lru_cache(maxsize=4096)
def _likely(bare: str) -> dict[str, tuple[int, str | None]]:
    """What a header that nobody has listed looks like."""
    if len(bare) > LONGEST_HEADER:
        return {}
    return {name: (LIKELY_FROM, None) for name, pattern in LIKELY.items() if re.fullmatch(pattern, bare)}


def _offers(at: int, one: Heading, table: Table) -> list[_Offer]:
    index = _aliases(table)
    found = index.get(one.whole) or index.get(one.bare) or _likely(one.bare)
    offers = []
    for column, (rank, basis) in found.items():
        if column not in table.by_name:
            continue
        if one.percent and table.by_name[column].kind == "money":
            continue
        offers.append(_Offer(rank, at, column, one.basis if column == "amount" and one.basis else basis))
    return offers


def _amount(rivals: list[_Offer], headings: list[Heading], basis: str | None,
            offers: list[_Offer]) -> tuple[_Offer, Fault | None]:  # fmt: skip
    """The header to take as the amount, and what must be settled first, if anything."""
    written = tuple(headings[one.position].written for one in rivals)
    stated = {one.basis for one in rivals}
    if basis and (fit := [one for one in rivals if one.basis == basis]):
        return fit[0], Fault("amount", tuple(headings[one.position].written for one in fit), "rivals") if fit[1:] else None
    if basis and (open_ := [one for one in rivals if one.basis == "unstated"]) and stated <= {"unstated", "taxed", "untaxed"}:
        return replace(open_[0], basis=basis), None
    if {"taxed", "untaxed"} <= stated:
        return rivals[0], Fault("amount", written, "both_bases")
    if len(rivals) > 1 and rivals[0].rank < WEAK_FROM:
        return rivals[0], Fault("amount", written, "rivals")
    shop = any(one.column == "paid_amount" for one in offers)  # prices shown to consumers hold the tax
    if rivals[0].basis == "unstated" and not basis:
        return (replace(rivals[0], basis="taxed"), None) if shop else (rivals[0], Fault("amount", written, "open_basis"))
    return rivals[0], None


def _claim(at: int, one: Heading, chosen: tuple[str, str] | None, offers: list[_Offer]) -> Claim:
    if chosen:
        column, note = chosen
        factor = (0.01 if one.percent else 1) if column == "discount" else one.factor
        return Claim(at + 1, one.written, column or None, factor, one.currency, note if column else "settled_in_params")
    also = next((offer.column for offer in offers if offer.position == at), None)
    return Claim(at + 1, one.written, None, 1, None, f"also_claims:{also}" if also else "not_used")


def known(text: str) -> bool:
    """Whether ``text`` is a header of order lines that we know."""
    one = heading(text)
    return bool(one.whole) and bool(_aliases(ORDERS).keys() & {one.whole, one.bare})
