"""The cleaning held against made-up exports: of each kind of fault, what was put in, what was found, what was right.

    score("dirty", 1)            # one row a kind, and whether customers' and months' money is exact

A fault is found where the cleaning does anything about it, and right where it does what the manifest expects of a
careful reader. Money is exact to half a cent.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.clean.cleaning import Cleaning, open_cleaning
from analysis.core import tables
from analysis.core.contracts import clean as contracts
from analysis.simulate.exports import manifest
from analysis.simulate.exports.book import EXPECTED, KINDS, NO_ACCOUNT, Book, open_book
from analysis.simulate.exports.cells import TAX_PERCENT, account_ids
from analysis.simulate.exports.faults import make_faults
from analysis.simulate.exports.files import Written, write_exports
from analysis.simulate.world.presets import PRESETS
from analysis.simulate.world.world import make_world

ROOT = Path(__file__).resolve().parents[2]
HALF_A_CENT_E4 = 50
COLUMNS = ("kind", "injected", "found", "right", "claimed", "proper", "recall", "precision", "note")
# The rule of the cleaning that decides on a line of each kind.
RULES = {
    "duplicate": "exact_duplicate", "dressed_duplicate": "exact_duplicate", "overlap": "export_overlap", "cancelled": "cancelled",
    "missing_customer": "missing_customer", "unreadable_date": "unreadable_date",
    "unreadable_amount": "unreadable_amount", "future_date": "future_date", "zero_price": "zero_price",
    "negative_price": "negative_price", "free_sample": "zero_price", "postage": "non_product",
    "adjustment": "non_product", "test_line": "non_product", "other_currency": "other_currency",
    "total_row": "total_row", "subtotal_row": "total_row",
}  # fmt: skip
# What the cleaning calls a suspect of each kind.
ISSUES = {
    "price_times_100": "price_times_hundred", "qty_times_100": "qty_times_hundred", "split_id": "one_name_two_ids",
    "merged_id": "one_id_two_names", "group_company": "one_group", "cost_unit": "cost_unit",
}  # fmt: skip
NOTES = {
    "qty_times_100_inside": "inside the usual range: not to be told from a large order",
    "silent_untaxed": "nothing in the file says that the tax is missing",
}
PARAMS = {
    "path: data/demo": "path: data/source",
    "currency: null": "currency: CNY",
    "amount_basis: null": "amount_basis: taxed",
    "tax_rate: null": f"tax_rate: {TAX_PERCENT / 100}",  # percent
    "threads: 2": "threads: 1",
}


@dataclass(frozen=True)
class Cleaned:
    """The truth of one world's exports beside what the cleaning made of them.

    ``lines`` has a row for each line of the exports: what it is and should become, and what became of it.
    """

    book: Book
    lines: pd.DataFrame
    faults: pd.DataFrame
    rejected: pd.DataFrame
    accepted: pd.DataFrame
    suspects: pd.DataFrame
    totals: dict
    controls: pd.DataFrame
    booked: pd.DataFrame


def score(
    preset: str, random_seed: int, *, customers: int | None = None, months: int | None = None
) -> pd.DataFrame:
    """One row a kind of fault, in the order of ``EXPECTED``, then the lines and sums without any."""
    with cleaned(preset, random_seed, customers=customers, months=months) as found:
        rows = [row for kind in EXPECTED if (row := _scored(kind, found)) is not None]
        rows += [_untouched(found), *_sums(found)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


@contextlib.contextmanager
def cleaned(
    preset: str, random_seed: int, *, customers: int | None = None, months: int | None = None
) -> Iterator[Cleaned]:
    """Make the world's exports and clean them in a project of their own, which is gone afterwards."""
    size = {name: value for name, value in (("customers", customers), ("months", months)) if value is not None}
    world = make_world(preset=PRESETS[preset], random_seed=random_seed, **size)
    book = open_book(world)
    make_faults(book)
    home = Path(tempfile.mkdtemp(prefix="cleaning-"))
    try:
        (home / "data" / "source").mkdir(parents=True)
        written = write_exports(home / "data" / "source", book)
        _project(home)
        with contextlib.chdir(home):
            cleaning = open_cleaning(as_of=world.clock.last.isoformat())
            cleaning.judge()
            cleaning.store()
            yield _beside(book, written, cleaning)
    finally:
        shutil.rmtree(home)


def _project(home: Path) -> None:
    (home / "dvc.yaml").touch()
    params = (ROOT / "params.yaml").read_text("utf-8")
    for old, new in PARAMS.items():
        if params.count(old) != 1:
            raise LookupError(f"params.yaml no longer says {old!r} once")
        params = params.replace(old, new)
    (home / "params.yaml").write_text(params, "utf-8")


def _beside(book: Book, written: Written, cleaning: Cleaning) -> Cleaned:
    accepted, rejected = tables.read(contracts.ORDER_LINES), tables.read(contracts.REJECTED_LINES)
    suspects = tables.read(contracts.SUSPECTS)
    controls = cleaning.control_totals
    for frame in (accepted, rejected, suspects, controls):
        frame["at"] = frame["file_no"].map(cleaning.file_names)
    lines = _lines(book, written)
    outcome = accepted[["at", "row_no", "customer_id", "order_date", "is_pseudo_customer", "amount_e4"]]
    lines = lines.merge(outcome, "left", ["at", "row_no"], validate="one_to_one")
    lines = lines.merge(rejected[["at", "row_no", "rule"]], "left", ["at", "row_no"], validate="one_to_one")
    lines["kept_right"] = (
        (lines["customer_id"] == lines["own_id"]) & (lines["order_date"] == lines["own_date"])
        & (lines["amount_e4"] == lines["own_e4"]) & (lines["is_pseudo_customer"] == lines["is_apart"])
    )  # fmt: skip
    found = list(manifest.fault_manifest(book, written))
    faults = pd.DataFrame(found)
    faults["at"] = _shown(faults["file"], faults["sheet"])
    faults["row_no"] = faults["row"].astype("int64")
    totals = manifest.true_totals(book, written, found)
    return Cleaned(book, lines, faults, rejected, accepted, suspects, totals, controls, tables.read(contracts.CUSTOMER_MONTHS))


def _lines(book: Book, written: Written) -> pd.DataFrame:
    """Every line of the exports with what a careful reader makes of it."""
    records, clock = book.records, book.world.clock
    part = records["part"]
    account = np.where(records["account"] == NO_ACCOUNT, records["customer"], records["account"])
    apart = (records["customer"] == book.world.counter) | (records["customer"] == book.test_account)
    tested = records["customer"] == book.test_account
    kept = np.where(tested, manifest.read_e4(book), manifest.kept_e4(book))
    lost = [kind for kind, expected in EXPECTED.items() if expected == "reject"]
    return pd.DataFrame({
        "at": _shown([book.parts[n].file for n in part], [book.parts[n].sheet for n in part]),
        "row_no": written.row, "fault": records["fault"],
        "is_lost": np.isin(records["fault"], [KINDS.index(kind) for kind in lost]), "is_apart": apart, "own_e4": kept,
        "own_id": np.array([*account_ids(book), ""], object)[account],
        "own_date": pd.Timestamp(clock.first) + pd.to_timedelta(records["day"].astype("int64"), "D"),
    })  # fmt: skip


def _shown(files: list[str] | pd.Series, sheets: list[str] | pd.Series) -> list[str]:
    """Names of files and sheets as the cleaning writes them."""
    return [f"{file}, sheet {sheet}" if sheet else file for file, sheet in zip(files, sheets, strict=True)]


def _scored(kind: str, found: Cleaned) -> tuple | None:
    """The row of one kind of fault, none where the world has no such fault."""
    faults = found.faults[found.faults["kind"] == kind]
    if faults.empty:
        return None
    if kind in RULES:
        return _rejected(kind, faults, found)
    if kind in ("cost_unit", "missing_cost"):
        return _products(kind, faults, found)
    if kind in ("split_id", "merged_id", "group_company"):
        return _customers(kind, faults, found)
    lines = found.lines.merge(faults[["at", "row_no"]], on=["at", "row_no"])
    lines = lines[~lines["is_lost"]]  # what is wrong with them otherwise decides
    if lines.empty:  # a whole file is odd
        lines = found.lines[found.lines["at"].isin(faults["at"]) & (found.lines["fault"] == 0)]
    if kind in ISSUES:
        return _suspected(kind, lines, found)
    there, right = lines["amount_e4"].notna().sum(), lines["kept_right"].sum()
    if EXPECTED[kind] == "apart":
        apart = found.lines[found.lines["is_pseudo_customer"].eq(True)]
        return _row(kind, len(lines), there, right, len(apart), apart["kept_right"].sum())
    return _row(kind, len(lines), there, right, there, right)


def _row(kind: str, injected: int, there: int, right: int, claimed: int, proper: int) -> tuple:
    """A row of the score; of what the cleaning claims to be of the kind, so much is ``proper``."""
    recall = right / injected if injected else np.nan
    precision = proper / claimed if claimed else np.nan
    return kind, injected, int(there), int(right), int(claimed), int(proper), recall, precision, NOTES.get(kind, "")


def _rejected(kind: str, faults: pd.DataFrame, found: Cleaned) -> tuple:
    """A line that should be left out; precise where all lines under the rule are of a kind that the rule is for."""
    rule, key = RULES[kind], ["at", "row_no"]
    mine = faults[key].merge(found.rejected[[*key, "rule"]], on=key)
    meant = found.faults[found.faults["kind"].map(RULES) == rule]
    under = found.rejected[found.rejected["rule"] == rule]
    if EXPECTED[kind] == "control":  # the sum above it must be the one that it says
        agree = found.controls[found.controls["total_e4"] == found.controls["lines_e4"]]
        mine = mine.merge(agree[key], on=key)
    right = (mine["rule"] == rule).sum()
    proper = len(under.merge(meant[key], on=key))
    return _row(kind, len(faults), len(mine), right, len(under), proper)


def _suspected(kind: str, lines: pd.DataFrame, found: Cleaned) -> tuple:
    """A line that the reader is asked to look at, and that is kept as written."""
    said = found.suspects[found.suspects["issue"] == ISSUES[kind]][["at", "row_no"]]
    mine = lines.merge(said, on=["at", "row_no"])
    right = mine["kept_right"].sum()
    return _row(kind, len(lines), len(mine), right, len(said), len(mine))


def _products(kind: str, faults: pd.DataFrame, found: Cleaned) -> tuple:
    """A product whose cost is missing, or is said to be of another unit."""
    codes = found.book.world.products.ids
    sold = found.accepted[found.accepted["line_kind"] == "sale"]
    mine = {codes[row - manifest.FIRST_ROW_OF_LIST] for row in faults["row"]} & set(sold["product_id"])
    if kind == "missing_cost":
        without = sold.groupby("product_id")["contribution_e4"].agg(lambda money: money.isna().all())
        said = set(without.index[without])
    else:
        said = set(found.suspects.loc[found.suspects["issue"] == ISSUES[kind], "product_id"])
    right = len(mine & said)
    return _row(kind, len(mine), right, right, len(said), right)


def _customers(kind: str, faults: pd.DataFrame, found: Cleaned) -> tuple:  # noqa: ARG001
    """Customer numbers that the reader is asked to look at: two of one customer, one of two, those of a group."""
    book, known = found.book, set(found.accepted["customer_id"])
    ids = book.world.customers.ids
    said = found.suspects[found.suspects["issue"] == ISSUES[kind]]
    pairs = {frozenset(pair) for pair in zip(said["customer_id"], said["other_id"], strict=True)}
    if kind == "merged_id":
        mine, pairs = {ids[kept] for kept in book.merged.values()} & known, set(said["customer_id"])
        right = len(mine & pairs)
        return _row(kind, len(mine), right, right, len(pairs), right)
    fellows = [{ids[one.customer], one.id} for one in book.accounts]
    if kind == "group_company":
        fellows = [{ids[member] for member in members} for members in book.groups]
    fellows = [group & known for group in fellows if len(group & known) > 1]
    right = [pair for pair in pairs if any(pair <= group for group in fellows)]
    reached = set().union(*right)
    mine = set().union(*fellows)
    return _row(kind, len(mine), len(reached), len(reached & mine), len(pairs), len(right))


def _untouched(found: Cleaned) -> tuple:
    """Lines that nothing is wrong with."""
    whole = found.lines[(found.lines["fault"] == 0) & ~found.lines["is_apart"]]
    there, right = whole["amount_e4"].notna().sum(), whole["kept_right"].sum()
    return _row("no_fault", len(whole), there, right, there, right)


def _sums(found: Cleaned) -> Iterator[tuple]:
    """Customers and months whose net revenue is exact; the account for trying things out is no revenue."""
    booked = found.booked[found.booked["customer_id"] != found.totals["accounts"]["test"]]
    month = booked["month"].dt.strftime("%Y-%m")
    truth = {
        "money_by_customer": found.totals["net_revenue_by_customer_e4"],
        "money_by_month": {
            month: sum(parts.values()) for month, parts in found.totals["net_revenue_by_month_e4"].items()
        },
    }
    for kind, keys in (("money_by_customer", booked["customer_id"]), ("money_by_month", month)):
        sums = booked.groupby(keys)["revenue_e4"].sum()
        off = sums.sub(pd.Series(truth[kind], dtype="int64"), fill_value=0).abs()
        right = int((off <= HALF_A_CENT_E4).sum())
        note = f"off by {off.sum() / 1e4:.4f} of {sums.sum() / 1e4:.2f}"
        yield (*_row(kind, len(off), len(off), right, len(off), right)[:-1], note)
