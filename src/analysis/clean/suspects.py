"""F1: what looks wrong and only the reader can settle: it is listed, and counts as it is written."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.core import params
from analysis.core.contracts.clean import SUSPECTS
from analysis.core.dialect import render
from analysis.core.engine import Engine

SQL = (Path(__file__).parent / "suspects.sql").read_text(encoding="utf-8")
OTHERS = {2: 3, 1: 20}  # what is usual shows in so many other purchases: of the customer and product, of the product
# Endings that say in which legal form a company is, not which company it is.
FORMS = re.compile(
    r"(股份有限公司|有限责任公司|有限公司|公司|companylimited|coltd|limited|ltd|incorporated|inc|llc|gmbh|corporation|corp|company|plc)$"
)
GROUP = re.compile(r"(.{2,}?)\s*(?:集团|\bgroup\b)")
BRANCH = re.compile(r"(.{2,}?公司).+(?:分公司|分厂|分店|办事处)")
NAMES = """
SELECT customer_id, customer_name, CAST(sum(amount_e4) AS BIGINT) AS amount_e4
FROM order_lines WHERE customer_name IS NOT NULL AND NOT is_pseudo_customer
GROUP BY customer_id, customer_name ORDER BY customer_id, customer_name
"""
COSTS = """
SELECT product_id, CAST(sum(amount_e4) AS BIGINT) AS amount_e4,
  exp(avg(ln(CAST(amount_e4 - contribution_e4 AS DOUBLE) / amount_e4))) AS share
FROM order_lines WHERE line_kind = 'sale' AND amount_e4 > 0 AND contribution_e4 < amount_e4 AND product_id IS NOT NULL
GROUP BY product_id ORDER BY product_id
"""


def find_suspects(engine: Engine, settings: params.Clean) -> pd.DataFrame:
    """Rows of ``suspects``, from the accepted lines and the names on them."""
    lines = engine.frame(render(SQL, engine.dialect, odd_times=settings.odd_times, others=OTHERS))
    names = pd.DataFrame(name_suspects(engine.frame(NAMES), shared_up_to=settings.odd_names_up_to))
    costs = cost_suspects(engine.frame(COSTS), times=settings.odd_cost_times)
    found = pd.concat([part for part in (lines, costs, names) if len(part)] or [lines], ignore_index=True)
    found = found.reindex(columns=list(SUSPECTS.by_name)).assign(suspect_no=range(1, len(found) + 1))
    texts = {column.name: "str" for column in SUSPECTS.columns if column.kind == "text"}
    return found.astype({**texts, "file_no": "Int64", "row_no": "Int64", "amount_e4": "int64"})


def cost_suspects(products: pd.DataFrame, *, times: float) -> pd.DataFrame:
    """Products whose cost is another share of their sales than that of other products, by ``times`` or more.

    A cost that is the one of a whole case, or of another currency unit, shows so.

    Parameters
    ----------
    products : ``product_id, amount_e4`` and ``share``, the geometric mean of its lines' costs as shares of their sales.
    """
    usual = products["share"].median()
    odd = products[(products["share"] >= times * usual) | (products["share"] * times <= usual)]
    return pd.DataFrame({
        "issue": "cost_unit", "product_id": odd["product_id"], "seen": odd["share"], "usual": usual,
        "amount_e4": odd["amount_e4"],
    })  # fmt: skip


def name_suspects(names: pd.DataFrame, *, shared_up_to: float) -> Iterator[dict[str, Any]]:
    """Customers under two ids, ids of two customers, and companies of one group, as their names say.

    Parameters
    ----------
    names : ``customer_id, customer_name, amount_e4``, one row for each name of a customer.
    shared_up_to : where more of the names than this belong to several ids, they are names of people, not of
        companies, and equal names mean nothing.
    """
    known = names.assign(plain=names["customer_name"].map(plain_name))
    known = known[known["plain"] != ""]
    money = known.groupby("customer_id")["amount_e4"].sum().to_dict()
    ids = known.groupby("plain")["customer_id"].unique().map(sorted)
    shared = ids[ids.map(len) > 1]
    for same in shared if len(shared) <= shared_up_to * len(ids) else ():
        yield from _pairs("one_name_two_ids", same, money)
    many = known.groupby("customer_id")["plain"].nunique()
    for customer in many.index[many > 1]:
        yield {"issue": "one_id_two_names", "customer_id": customer, "amount_e4": money[customer]}
    for members in _groups(known, dict(ids)):
        yield from _pairs("one_group", members, money)


def _pairs(issue: str, ids: Iterable[str], money: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Each of ``ids`` beside the first of them."""
    first, *others = ids
    for other in others:
        yield {"issue": issue, "customer_id": other, "other_id": first, "amount_e4": money[other]}


def _groups(known: pd.DataFrame, ids: dict[str, list[str]]) -> list[list[str]]:
    """Ids of companies that name the same group, or the company of which they are a branch."""
    members: dict[str, set[str]] = defaultdict(set)
    for customer, name in zip(known["customer_id"], known["customer_name"], strict=True):
        text = unicodedata.normalize("NFKC", name).lower()
        if found := GROUP.match(text):
            members[_letters(found[1])].add(customer)
        elif found := BRANCH.match(text):
            parent = plain_name(found[1])
            members[parent] |= {customer, *ids.get(parent, ())}
    return sorted(sorted(group) for group in members.values() if len(group) > 1)


def plain_name(name: str) -> str:
    """A company's name without the ways in which it may be written: width, case, spaces, signs, legal form."""
    letters = _letters(unicodedata.normalize("NFKC", name).lower())
    return FORMS.sub("", letters) or letters


def _letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())
