"""The optional tables as stage ``clean`` stores them in ``data/optional``, each only if the source brings it (SPEC.md §3.3).

A stage that reads one depends on the whole folder, since DVC knows no output that may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from analysis.core.contracts import inputs
from analysis.core.contracts import optional_inputs as brought
from analysis.core.contracts.schema import Column, Table, Words

FOLDER = "optional"
_FILE = Column("file_no", "int", Words("File", "文件序号"), "File or sheet, as numbered in input_files.", low=1)
_ROW = Column("row_no", "int", Words("Row", "行号"), "Line of the text file, or row of the sheet.", low=1)
_KNOWN = Column("is_known_customer", "bool", Words("Known", "已知客户"), "The customer has order lines up to as_of.")


def stored_name(column: Column) -> str:
    """Money of a row is stored in ten-thousandths."""
    return f"{column.name}_e4" if column.kind == "money" else column.name


def _stored(given: Table, name: str = "") -> Table:
    """``given`` in the house's units, with the place that each row comes from."""
    columns = tuple(
        replace(column, name=stored_name(column), kind="money_e4" if column.kind == "money" else column.kind, aliases=())
        for column in given.columns
    )
    known = (_KNOWN,) if {"customer_id", "referrer_id"} & given.by_name.keys() else ()
    return Table(name or given.name, given.row, given.key, (_FILE, _ROW, *columns, *known), FOLDER)


CUSTOMER_LIST = _stored(inputs.CUSTOMERS, "customer_list")
PRODUCT_LIST = _stored(inputs.PRODUCTS, "product_list")
ACTIVITY_COSTS = _stored(brought.ACTIVITY_COSTS)
TICKETS = _stored(brought.TICKETS)
CONTACTS = _stored(brought.CONTACTS)
REFERRALS = _stored(brought.REFERRALS)
SURVEYS = _stored(brought.SURVEYS)
WALLET = _stored(brought.WALLET)
SUBSCRIPTIONS = _stored(brought.SUBSCRIPTIONS)
SPEND = _stored(brought.SPEND)
USAGE = _stored(brought.USAGE)
EXIT_REASONS = _stored(brought.EXIT_REASONS)
ACTIONS = _stored(brought.ACTIONS)
SOCIAL = _stored(brought.SOCIAL)
CAPACITY = _stored(brought.CAPACITY)


@dataclass(frozen=True)
class Reading:
    """How the rows of one optional table are read.

    Parameters
    ----------
    given, stored : its columns as users bring them, and as they are kept.
    needed : without these a row says nothing.
    dated : the day on which a row became known; rows after as_of do not count.
    planned : days that may lie after as_of; every other later day is not known yet.
    told_with : column, and the day on which its value became known.
    customers : columns with a customer's number.
    keeps_first : of rows with one key the first counts, else the last.
    monthly : a month is a day: its first.
    """

    given: Table
    stored: Table
    needed: tuple[str, ...]
    dated: str | None = None
    planned: tuple[str, ...] = ()
    told_with: Mapping[str, str] = field(default_factory=dict)
    customers: tuple[str, ...] = ("customer_id",)
    keeps_first: bool = False
    monthly: bool = False


READINGS: dict[str, Reading] = {
    "customers": Reading(inputs.CUSTOMERS, CUSTOMER_LIST, ("customer_id",), "registered_on", keeps_first=True),
    "products": Reading(inputs.PRODUCTS, PRODUCT_LIST, ("product_id",), planned=("launch_date",), customers=(), keeps_first=True),
    "activity_costs": Reading(brought.ACTIVITY_COSTS, ACTIVITY_COSTS, ("activity",), "valid_from", customers=()),
    "tickets": Reading(
        brought.TICKETS, TICKETS, ("customer_id", "opened_at"), "opened_at",
        told_with={"outcome": "resolved_at", "minutes": "resolved_at"},
    ),
    "contacts": Reading(brought.CONTACTS, CONTACTS, ("customer_id", "date"), "date"),
    "referrals": Reading(brought.REFERRALS, REFERRALS, ("referrer_id", "date"), "date", customers=("referrer_id", "referred_id")),
    "surveys": Reading(brought.SURVEYS, SURVEYS, ("customer_id", "date"), "date"),
    "wallet": Reading(brought.WALLET, WALLET, ("customer_id", "period"), "period"),
    "subscriptions": Reading(
        brought.SUBSCRIPTIONS, SUBSCRIPTIONS, ("customer_id", "starts_on"), "starts_on", ("ends_on",),
        {"cancel_reason": "cancelled_on"},
    ),
    "spend": Reading(brought.SPEND, SPEND, ("period", "amount"), "period", customers=()),
    "usage": Reading(brought.USAGE, USAGE, ("customer_id", "date", "value"), "date", monthly=True),
    "exit_reasons": Reading(brought.EXIT_REASONS, EXIT_REASONS, ("customer_id", "date"), "date"),
    "actions": Reading(
        brought.ACTIONS, ACTIONS, ("action_id", "customer_id", "issued_on"), "issued_on", ("due",), {"result": "done_on"},
    ),
    "social": Reading(brought.SOCIAL, SOCIAL, ("customer_id", "date"), "date"),
    "capacity": Reading(brought.CAPACITY, CAPACITY, ("rep",), customers=()),
}  # fmt: skip
