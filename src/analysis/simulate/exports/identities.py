"""Who is who: names written in many ways, customers with two numbers, numbers with two customers, groups."""

from __future__ import annotations

import numpy as np

from analysis.simulate.exports.book import Account, Book
from analysis.simulate.exports.picking import share_of
from analysis.simulate.world.mess import Mess
from analysis.simulate.world.names import NAME_OF_NOBODY
from analysis.simulate.world.world import SALE

FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in map(chr, range(0x21, 0x7F))}  # the wide forms in Unicode
NUMBERED_FROM = 70_001  # second numbers of customers
FEWEST_LINES = 6  # of a customer that is split or merged, before and after
COMPANIES = 3  # of one group
LIMITED, LIMITED_LONG = "有限公司", "有限责任公司"
TOWNS = (("华东", "East"), ("华南", "South"), ("华北", "North"))


def _limited_another_way(name: str) -> str:
    if LIMITED in name:
        return name.replace(LIMITED, LIMITED_LONG)
    return name.replace("Co., Ltd.", "CO.,LTD")


# Each writes a name another way; a careful reader sees the same name.
WAYS = (
    lambda name: name.translate(FULL_WIDTH),
    lambda name: f" {name} ",
    lambda name: f"{name[:2]} {name[2:]}" if not name.isascii() else name.replace(" ", "  "),
    _limited_another_way,
    lambda name: name.upper() if name.isascii() else f"{name}\u3000",
)


def written_another_way(name: str, turn: int) -> str:
    """``name`` in the next way that changes it."""
    ways = [way(name) for way in WAYS]
    changed = [text for text in ways if text != name]
    return changed[turn % len(changed)]


def name_variant(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A customer's name with wide letters, with spaces, or with the long form of its legal form."""
    chosen = share_of(rng, book, mess.name_variant)
    for turn, place in enumerate(chosen.tolist()):
        book.write("customer_name", place, written_another_way(book.names[book.records["customer"][place]], turn))
    book.mark(chosen, "name_variant")


def groups(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Companies of one group: each has a number of its own, and the group's name in its own."""
    if not mess.groups:
        return
    people = book.world.customers
    order = [n for n in rng.permutation(len(people.ids)).tolist() if people.names[n] != NAME_OF_NOBODY]
    for number in range(mess.groups):
        members = order[number * COMPANIES : (number + 1) * COMPANIES]
        if len(members) < COMPANIES:
            return
        stem = people.names[members[0]]
        for town, member in zip(TOWNS, members, strict=True):
            book.names[member] = (
                f"{stem} Group ({town[1]})" if stem.isascii() else f"{stem.removesuffix(LIMITED)}集团{town[0]}公司"
            )
        book.groups.append(sorted(members))


def _regulars(book: Book, rng: np.random.Generator) -> list[int]:
    """Customers with enough lines and none of the names that others share, in random order."""
    records, counter = book.records, book.world.counter
    sold = records["customer"][(records["kind"] == SALE) & (records["customer"] >= 0) & (records["customer"] < counter)]
    enough = np.bincount(sold, minlength=counter) >= 2 * FEWEST_LINES  # 2: before and after
    known = {member for group in book.groups for member in group} | {one.customer for one in book.accounts}
    known |= set(book.merged) | set(book.merged.values())
    free = [n for n in rng.permutation(np.flatnonzero(enough)).tolist() if n not in known]
    return [n for n in free if book.names[n] != NAME_OF_NOBODY]


def split_id(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """A customer that was entered once more in the middle of the history, and buys under the second number since."""
    records = book.records
    for n, customer in enumerate(_regulars(book, rng)[: mess.split_ids]):
        own = np.flatnonzero(records["customer"] == customer)
        day = int(np.median(records["day"][own]))
        name = book.names[customer]
        name = written_another_way(name, n) if n % 2 else name  # 2: every other one is written alike
        book.accounts.append(Account(f"KH{NUMBERED_FROM + n}", name, customer, day))
        records["account"][own[records["day"][own] > day]] = book.test_account + len(book.accounts)


def merged_id(book: Book, rng: np.random.Generator, mess: Mess) -> None:
    """Two customers under the number of one of them; each line still has its own customer's name."""
    records, people = book.records, _regulars(book, rng)
    for gone, kept in zip(people[: mess.merged_ids], people[mess.merged_ids :], strict=False):
        book.merged[gone] = kept
        records["account"][records["customer"] == gone] = kept
