"""F1: what looks wrong is listed for the reader, counts as it is written, and is found no more often than it occurs."""

import pandas as pd
import pytest
from bench import cleaned

from analysis.clean.suspects import cost_suspects, name_suspects, plain_name
from analysis.core import tables
from analysis.core.contracts import clean as contracts


@pytest.fixture(autouse=True)
def _project(tmp_path, monkeypatch):
    (tmp_path / "dvc.yaml").touch()
    monkeypatch.chdir(tmp_path)


def lines(*rows):
    """Lines of one customer and product: quantity and price, one a day."""
    head = "customer_id|order_id|order_date|product_id|qty|unit_price|amount"
    text = [f"A|{no}|2024-01-{no:02d}|p|{qty}|{price}|{qty * price}" for no, (qty, price) in enumerate(rows, 1)]
    return "\n".join([head, *text])


def suspects_of(rows, folder):
    work = cleaned(lines(*rows), folder, as_of="2024-01-31")
    stored = tables.read(contracts.SUSPECTS)
    pd.testing.assert_frame_equal(stored, work.suspects, check_dtype=False)
    assert len(tables.read(contracts.ORDER_LINES)) == len(rows)
    return list(zip(stored["issue"], stored["row_no"], stored["seen"], stored["usual"], strict=True))


USUAL = [(3, 5.0), (4, 5.0), (2, 5.5), (5, 5.0), (3, 4.5), (4, 5.0)]


def test_usual_lines_are_no_suspects(tmp_path):
    assert suspects_of(USUAL, tmp_path) == []


def test_a_quantity_without_its_decimal_point_is_asked_about(tmp_path):
    assert suspects_of([*USUAL, (300, 5.0)], tmp_path) == [("qty_times_hundred", 8, 300.0, 5.0)]


def test_a_large_order_that_is_no_whole_hundred_is_none(tmp_path):
    assert suspects_of([*USUAL, (310, 5.0)], tmp_path) == []


def test_a_quantity_inside_of_what_is_usual_cannot_be_found(tmp_path):
    assert suspects_of([*USUAL, (40, 5.0), (300, 5.0)], tmp_path) == []


def test_too_few_other_purchases_tell_nothing(tmp_path):
    assert suspects_of([(3, 5.0), (4, 5.0), (300, 5.0)], tmp_path) == []


def test_prices_without_their_decimal_point_are_asked_about_also_where_there_are_two(tmp_path):
    found = suspects_of([*USUAL, *USUAL, (3, 500.0), (4, 480.0)], tmp_path)
    assert found == [("price_times_hundred", 14, 500.0, 5.0), ("price_times_hundred", 15, 480.0, 5.0)]


def test_a_code_with_prices_of_every_size_has_no_usual_price(tmp_path):
    assert suspects_of([(1, 10.0**n) for n in range(-1, 5)] * 2, tmp_path) == []


def test_a_cost_of_another_unit_stands_out_among_products():
    costs = pd.DataFrame({"product_id": list("abcde"), "share": [0.7, 0.8, 0.75, 9.0, 0.01], "amount_e4": 100})
    found = cost_suspects(costs, times=5)
    assert list(found["product_id"]) == ["d", "e"]
    assert set(found["usual"]) == {0.75}


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("青山机电有限公司", "青山机电有限责任公司"), ("青山机电有限公司", " 青山 机电　有限公司"),
        ("ABC机电有限公司", "ａｂｃ机电有限公司"), ("North Works Co., Ltd.", "NORTH WORKS CO.,LTD"),
        ("Harbour (Foods) Inc.", "harbour foods inc"),
    ],
)  # fmt: skip
def test_one_name_in_two_dresses_is_one_name(written, other):
    assert plain_name(written) == plain_name(other)


@pytest.mark.parametrize(
    ("written", "other"),
    [("青山机电有限公司", "青山五金有限公司"), ("North Works", "North Trading"), ("青山商行", "青山经营部")],
)
def test_two_names_stay_two(written, other):
    assert plain_name(written) != plain_name(other)


def names_of(*rows, shared_up_to=1.0):
    """Rows ``customer_id, name``; issue, customer and other customer of what is found."""
    frame = pd.DataFrame(rows, columns=["customer_id", "customer_name"]).assign(amount_e4=1)
    found = name_suspects(frame, shared_up_to=shared_up_to)
    return [(one["issue"], one["customer_id"], one.get("other_id")) for one in found]


def test_two_numbers_with_one_name_are_asked_about():
    assert names_of(("1", "青山有限公司"), ("2", "青山有限责任公司"), ("3", "白石")) == [("one_name_two_ids", "2", "1")]


def test_one_number_with_two_names_is_asked_about():
    assert names_of(("1", "青山"), ("1", "白石"), ("2", "东湖"), ("2", "东 湖")) == [("one_id_two_names", "1", None)]


def test_companies_that_name_their_group_are_asked_about():
    found = names_of(("1", "华信集团上海公司"), ("2", "华信集团有限公司"), ("3", "North Group (East)"), ("4", "North Group Ltd"))
    assert found == [("one_group", "2", "1"), ("one_group", "4", "3")]


def test_a_branch_belongs_to_the_company_whose_name_it_begins_with():
    found = names_of(("7", "华信有限公司"), ("8", "华信有限公司上海分公司"), ("9", "东湖有限公司北京分公司"))
    assert found == [("one_group", "8", "7")]


def test_names_that_many_share_are_names_of_people():
    people = [(str(no), f"name {no % 4}") for no in range(8)]
    assert names_of(*people, shared_up_to=0.1) == []
    assert len(names_of(*people)) == 4
