"""Returns take back the latest units of the same product; compared with a stack of units moved by hand."""

import itertools
import random
from collections import defaultdict

import pandas as pd
import pytest
from bench import cleaned

from analysis.core import tables
from analysis.core.contracts import clean as contracts

COLUMNS = ["customer_id", "order_date", "product_id", "qty", "amount"]


@pytest.fixture(autouse=True)
def _project(tmp_path, monkeypatch):
    (tmp_path / "dvc.yaml").touch()
    monkeypatch.chdir(tmp_path)


def returned(folder, rows, as_of="2024-01-31"):
    cleaned(pd.DataFrame(rows, columns=COLUMNS), folder, as_of=as_of, keep_duplicates=True)
    frame = tables.read(contracts.CUSTOMER_RETURNS)
    return {
        (row.customer_id, row.order_date.day, row.return_date.day): row.returned_e4 / 10_000
        for row in frame.itertuples(index=False)
    }


def test_a_return_undoes_the_latest_purchase_of_that_product_first(tmp_path):
    rows = [("A", "2024-01-05", "p", "2", "20"), ("A", "2024-01-10", "p", "2", "30"), ("A", "2024-01-20", "p", "-3", "-45")]
    assert returned(tmp_path, rows) == {("A", 10, 20): 30.0, ("A", 5, 20): 10.0}


def test_a_return_never_undoes_a_later_purchase(tmp_path):
    rows = [("A", "2024-01-05", "p", "1", "10"), ("A", "2024-01-08", "p", "-2", "-20"), ("A", "2024-01-10", "p", "2", "30")]
    assert returned(tmp_path, rows) == {("A", 5, 8): 10.0}
    assert tables.read(contracts.RUN_FACTS).loc[0, ["tied_returns_e4", "untied_returns_e4"]].tolist() == [100_000, 100_000]


def test_a_return_of_another_product_or_customer_stays_untied(tmp_path):
    rows = [("A", "2024-01-05", "p", "1", "10"), ("A", "2024-01-08", "q", "-1", "-10"), ("B", "2024-01-08", "p", "-1", "-10")]
    assert returned(tmp_path, rows) == {}


def test_a_day_that_came_back_whole_keeps_its_row_and_loses_its_value(tmp_path):
    returned(tmp_path, [("A", "2024-01-05", "p", "1", "10"), ("A", "2024-01-08", "p", "-1", "-10")])
    assert tables.read(contracts.CUSTOMER_DAYS)[["bought_e4", "returned_e4"]].to_numpy().tolist() == [[100_000, 100_000]]


def by_hand(rows):
    """Units on a stack: the value that each return takes from each purchase day."""
    stacks, taken = defaultdict(list), defaultdict(float)
    for customer, day, product, qty, price in rows:
        stack = stacks[customer, product]
        if qty > 0:
            stack += [(day, price)] * qty
        for _ in range(min(-qty, len(stack)) if qty < 0 else 0):
            bought, paid = stack.pop()
            taken[customer, bought, day] += paid
    return {key: value for key, value in taken.items() if value}


def test_returns_agree_with_a_stack_of_units_moved_by_hand(tmp_path):
    draw = random.Random(20240131)
    rows = [
        (f"C{customer}", day, draw.choice("pq"), draw.choice((-3, -2, -1, 1, 2, 3, 4)), draw.randrange(1, 10))
        for customer in range(300)
        for day in range(1, draw.randrange(2, 30))
    ]
    written = [(c, f"2024-01-{day:02d}", p, str(qty), str(qty * price)) for c, day, p, qty, price in rows]
    assert returned(tmp_path, written) == pytest.approx(by_hand(rows))


def test_matches_up_to_a_day_are_those_of_the_data_up_to_that_day(tmp_path):
    rows = [("A", "2024-01-05", "p", "3", "30"), ("A", "2024-01-08", "p", "-1", "-10"), ("A", "2024-01-20", "p", "2", "20"),
            ("A", "2024-01-25", "p", "-4", "-40")]  # fmt: skip
    whole = returned(tmp_path, rows)
    early = returned(tmp_path, rows, as_of="2024-01-20")
    assert early == {key: value for key, value in whole.items() if key[2] <= 20}


def test_the_order_of_the_rows_does_not_choose_which_purchase_of_a_day_came_back(tmp_path):
    day = [("A", "2024-01-05", "p", "2", "20"), ("A", "2024-01-05", "p", "2", "31"), ("A", "2024-01-05", "p", "3", "31")]
    back = ("A", "2024-01-09", "p", "-1", "-10")
    found = []
    for place, rows in enumerate(itertools.permutations(day)):
        folder = tmp_path / str(place)
        folder.mkdir()
        found.append(returned(folder, [*rows, back]))
    assert found == [{("A", 5, 9): 10.3333}] * len(found)  # of lines of one day, the largest lies on top
