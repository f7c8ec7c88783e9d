"""The files of the other tables: what they are, where their faults are, and that they hold what the world did."""

import csv
import io
import json

import pyarrow.parquet as pq
import pytest
import python_calamine

ENCODING = {"售后工单.csv": "gb18030", "流失客户登记.csv": "gb18030", "contacts.csv": "utf-8-sig", "survey_answers.csv": "utf-8-sig",
            "subscriptions.csv": "utf-8-sig"}  # fmt: skip
TITLES = {"客户采购总额调查.xlsx": 1, "营销费用.xlsx": 2}


@pytest.fixture(scope="module")
def read(demo):
    """Rows of each file, the header first, with the number of the header's row."""
    found = {}
    for file in sorted((demo.files / "records").iterdir()):
        if file.suffix == ".csv":
            text = file.read_bytes().decode(ENCODING.get(file.name, "utf-8"))
            found[file.name] = (1, list(csv.reader(io.StringIO(text))))
        else:
            sheet = python_calamine.CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0)
            titles = TITLES.get(file.name, 0)
            found[file.name] = (titles + 1, sheet.to_python(skip_empty_area=False)[titles:])
    return found


@pytest.fixture(scope="module")
def faults(demo):
    with (demo.files.parent / "truth" / "table_faults.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cells(read, row):
    header_row, rows = read[row["file"]]
    return [str(cell) for cell in rows[int(row["row"]) - header_row]]


def test_thirteen_tables_lie_beside_the_lists_of_customers_and_products(read):
    assert len(read) == 13
    assert all(len(rows) > 1 for _, rows in read.values())


def test_marks_of_the_bytes_are_as_real_exports_have_them(demo):
    folder = demo.files / "records"
    assert (folder / "contacts.csv").read_bytes()[:3] == b"\xef\xbb\xbf"
    assert (folder / "usage.csv").read_bytes()[:3] != b"\xef\xbb\xbf"
    with pytest.raises(UnicodeDecodeError, match="utf-8"):
        (folder / "售后工单.csv").read_bytes().decode("utf-8")


def test_a_row_twice_is_equal_to_another_row_of_its_file(read, faults):
    doubles = [row for row in faults if row["kind"] == "duplicate"]
    assert len(doubles) > 300
    for row in doubles:
        _, rows = read[row["file"]]
        own = cells(read, row)
        if len(rows) < 10_000:  # the long ones take their time
            assert sum([str(cell) for cell in other] == own for other in rows) == 2


def test_unknown_customers_and_unreadable_cells_stand_where_the_manifest_says(demo, read, faults):
    known = set(demo.customers["customer_id"])
    strangers = [row for row in faults if row["kind"] == "unknown_customer"]
    broken = [row for row in faults if row["kind"] == "unreadable_cell"]
    assert min(len(strangers), len(broken)) > 10
    for row in strangers:
        assert row["customer_id"] in cells(read, row)
        assert row["customer_id"] not in known
    for row in broken:
        assert row["value"] in cells(read, row)


def test_customers_that_nobody_entered_are_not_in_the_table(read, faults):
    gone = [row for row in faults if row["kind"] == "missing_customer"]
    assert len({row["table"] for row in gone}) >= 8
    for name in ("contacts.csv", "usage.csv"):
        held = {str(row[0]) for row in read[name][1]}
        assert not held & {row["customer_id"] for row in gone if row["file"] == name}


def test_every_table_has_the_rows_that_the_truth_counts(demo, read):
    told = json.loads((demo.files.parent / "truth" / "true_tables.json").read_text("utf-8"))["tables"]
    assert len(told) == 13
    assert sum(count["rows"] for count in told.values()) == sum(len(rows) - 1 for _, rows in read.values())
    assert all(count["rows"] == count["accepted"] + count["duplicates"] + count["after_as_of"] for count in told.values())


def test_the_truth_of_referrals_and_actions_is_not_in_their_files(demo, read):
    truth = demo.files.parent / "truth"
    _, (header, *rows) = read["referrals.csv"]
    assert {row[header.index("would have come")] for row in rows} == {"unknown"}
    types = pq.read_table(truth / "true_referral.parquet").column("is_type_one").to_pylist()
    assert {True, False, None} == set(types)
    _, (header, *_) = read["actions.csv"]
    assert "tau" not in header
    assert pq.read_table(truth / "true_tau.parquet").column("tau").to_pandas().std() > 0


def test_tickets_name_orders_of_their_own_customer(demo, read):
    _, (header, *rows) = read["售后工单.csv"]
    buyers = {}
    for line in demo.lines:
        buyers.setdefault(line.cells["order"], set()).add(line.cells["customer"])
    at_order, at_customer = header.index("订单号"), header.index("客户编号")
    matched = [row[at_customer] in buyers[row[at_order]] for row in rows if row[at_order] in buyers]
    assert len(matched) > 0.9 * len(rows)
    assert sum(matched) > 0.97 * len(matched)  # the others are strangers by fault, or orders whose lines lost their customer
