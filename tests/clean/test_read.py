"""The reader as a whole: its shape, its constancy, and the real exports."""

import os
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from reading import ENGINE, exactly, mapped, read, rows, write

from analysis.clean import raw
from analysis.clean.store import whole_lines
from analysis.core.contracts.inputs import ORDERS
from analysis.core.errors import DataError

FOLDER = Path(os.environ.get("ANALYSIS_DATASETS", ""))
real = pytest.mark.skipif(
    "ANALYSIS_DATASETS" not in os.environ,
    reason="ANALYSIS_DATASETS does not name the folder of real data sets",
)
LINES = "order_id,customer_id,order_date,amount,note x\n" + "".join(
    f"{n // 3},C{n % 7},2024-01-{n % 28 + 1:02d},{n},\n" for n in range(5000)
)


def total(found, expression):
    files = [file.as_posix() for file in found.tables["orders"]]
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT {expression} FROM read_parquet({files})").fetchall()[0]


def test_the_lines_have_the_columns_of_their_contract_as_text_and_on_disk_those_that_a_file_fills(tmp_path):
    found = read(write(tmp_path / "raw", a__csv=LINES), tmp_path / "s")
    files = found.tables["orders"]
    filled = ["order_id", "order_date", "customer_id", "amount"]
    assert pq.read_schema(files[0]).names == ["file_no", "row_no", "source_file", *filled, "rest_hash"]
    with duckdb.connect() as connection:
        described = connection.execute(
            f"DESCRIBE {whole_lines(files, f'read_parquet({[file.as_posix() for file in files]})')}"
        ).fetchall()
    kinds = {name: kind for name, kind, *_ in described}
    assert list(kinds) == ["file_no", "row_no", "source_file", *ORDERS.by_name, "rest_hash"]
    assert {kind for name, kind in kinds.items() if name in ORDERS.by_name} == {"VARCHAR"}
    assert found.present["orders"] == ("order_id", "order_date", "customer_id", "amount")


def test_two_readings_give_the_same_bytes(tmp_path):
    folder = write(tmp_path / "raw", a__csv=LINES, b__csv=LINES.replace("C", "D"))
    first, second = read(folder, tmp_path / "s"), read(folder, tmp_path / "t")
    assert [file.read_bytes() for file in first.tables["orders"]] == [
        file.read_bytes() for file in second.tables["orders"]
    ]
    assert first.input_files.equals(second.input_files)


def test_both_readers_give_the_same_rows(tmp_path, monkeypatch):
    messy = (
        LINES.replace("\n40,", "\n\n40,")
        .replace("C3,2024-01-05", '"C\n3",2024-01-05')
        .replace("\n99,C", "\n99,x,C")
    )
    folder = write(tmp_path / "raw", a__csv=messy)
    in_bulk = read(folder, tmp_path / "s")
    monkeypatch.setattr(raw, "_in_bulk", lambda *_: None)
    one_by_one = read(folder, tmp_path / "t")
    for table in ("orders", "unreadable_lines"):
        assert rows(in_bulk, "*", table) == rows(one_by_one, "*", table)
    assert len(rows(in_bulk, "*")) + len(rows(in_bulk, "*", "unreadable_lines")) == 5000
    assert in_bulk.input_files.equals(one_by_one.input_files)


def test_a_name_stands_for_the_customer_where_there_is_no_number(tmp_path):
    found = read(
        write(tmp_path / "raw", a__csv="客户名称,订单日期,销售额\n甲公司,2024-01-05,7\n"), tmp_path / "s"
    )
    assert rows(found, "customer_id, customer_name") == [(None, "甲公司")]
    assert [note.kind for note in found.notes] == ["name_as_id"]


def test_a_currency_in_the_header_fills_the_currency(tmp_path):
    found = read(
        write(tmp_path / "raw", a__csv="customer_id,order_date,Sales (USD 000)\nC1,2024-01-05,7\n"),
        tmp_path / "s",
    )
    assert rows(found, "currency") == [("USD",)]
    assert found.currencies == ("USD",)


def test_amounts_on_both_sides_of_the_tax_are_told(tmp_path):
    folder = write(
        tmp_path / "raw",
        a__csv="客户编号,订单日期,含税金额\nC1,2024-01-05,7\n",
        b__csv="客户编号,订单日期,未税金额\nC1,2024-01-05,7\n",
    )
    found = read(folder, tmp_path / "s")
    assert found.amount_basis is None
    assert [(note.kind, note.where) for note in found.notes] == [("mixed_basis", "a.csv, b.csv")]


def test_nothing_but_the_tables_is_left_in_the_scratch_folder(tmp_path):
    folder = write(tmp_path / "raw", a__csv=LINES.replace("\n40,", "\n\n40,"))
    found = read(folder, tmp_path / "s")
    left = {file.name for file in (tmp_path / "s" / "read").rglob("*") if file.is_file()}
    assert left == {file.name for files in found.tables.values() for file in files}
    assert ENGINE.name == "duckdb"


@real
def test_online_retail_keeps_all_its_rows(tmp_path):
    found = read(FOLDER / "online_retail_II" / "online_retail_II.csv.gz", tmp_path / "s")
    assert total(found, "count(*), count(DISTINCT order_id), count(*) - count(customer_id), max(row_no), "
                 "round(sum(qty::DOUBLE * unit_price::DOUBLE), 3)") == (1_067_371, 53_628, 243_007, 1_067_372, 19_287_250.568)  # fmt: skip


@real
def test_superstore_is_mapped_with_profit_and_its_returns(tmp_path):
    found = read(FOLDER / "tableau_superstore_cn", tmp_path / "s")
    assert total(found, "count(*), round(sum(amount::DOUBLE), 3), round(sum(contribution::DOUBLE), 3), sum(qty::INT)") == (
        9_959, 16_068_954.125, 2_147_538.925, 37_534)  # fmt: skip
    assert (mapped(found)["区域"], mapped(found)["细分"], mapped(found)["类别"]) == (
        "region",
        "industry",
        "category",
    )
    assert len(rows(found, "order_id", "returned_orders")) == 1_163


@real
def test_cdnow_is_read_through_its_spaces_with_and_without_headers(tmp_path):
    found = read(FOLDER / "cdnow" / "CDNOW_master.txt", tmp_path / "s")
    assert total(found, "count(*), count(DISTINCT customer_id), sum(qty::INT), round(sum(amount::DOUBLE), 2)") == (
        69_659, 23_570, 167_881, 2_500_315.63)  # fmt: skip
    columns = {"1": "customer_id", "3": "order_date", "4": "qty", "5": "amount"}
    sample = read(FOLDER / "cdnow" / "CDNOW_sample.txt", tmp_path / "t", header=False, columns=columns)
    assert total(sample, "count(*), count(DISTINCT customer_id), round(sum(amount::DOUBLE), 2)") == (
        6_919,
        2_357,
        244_091.94,
    )


@real
def test_northwind_is_joined(tmp_path):
    found = read(FOLDER / "northwind", tmp_path / "s")
    net = "round(sum(qty::DOUBLE * unit_price::DOUBLE * (1 - discount::DOUBLE)), 2)"
    assert total(found, f"count(*), count(DISTINCT order_id), count(DISTINCT customer_id), count(category), count(order_date), {net}") == (
        2_155, 830, 89, 2_155, 2_155, 1_265_793.04)  # fmt: skip


@real
def test_tmall_stops_because_no_column_is_the_customer(tmp_path):
    with pytest.raises(DataError, match=exactly(
        "tmall_order_report.csv: no column for the customer; the headers are 订单编号, 总金额, 买家实际支付金额, 收货地址, 订单创建时间, "
        "订单付款时间, 退款金额. If one of them is meant, write source.columns: {your header: customer_id} in params.yaml; "
        "without it there is no order history to analyse.")):  # fmt: skip
        read(FOLDER / "tmall_orders", tmp_path / "s")


@real
@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "ecommerce_churn",
            r"^E Commerce Dataset\.xlsx, sheet E Comm: no column for the order date and the amount",
        ),
        (
            "wholesale_customers_uci",
            r"^Wholesale_customers_data\.csv: no column for the customer and the order date and the amount",
        ),
        ("donations_btyd", r"^donations\.csv: no row with known headers"),
        (
            "cdnow",
            r"^cdnowElog\.csv: 6919 of its 6919 lines stand under other headers in CDNOW_master\.txt too",
        ),
    ],
)
def test_what_is_no_order_history_says_so(tmp_path, source, message):
    with pytest.raises(DataError, match=message):
        read(FOLDER / source, tmp_path / "s")


def test_headers_without_rows_stop(tmp_path):
    folder = write(tmp_path / "raw", a__csv="customer_id,order_date,amount\n\n")
    with pytest.raises(
        DataError,
        match=r"^a\.csv: there are headers and no row below them\. Look whether the export is complete",
    ):
        read(folder, tmp_path / "s")


@pytest.mark.parametrize(("basis", "factors"), [("taxed", (1, 1.13)), ("untaxed", (1 / 1.13, 1))])
def test_amounts_on_both_sides_of_the_tax_become_one_where_its_rate_is_told(tmp_path, basis, factors):
    folder = write(tmp_path / "s", a__csv="客户编号,订单日期,含税金额,单价\nA,2024-01-02,113,113\n",
                   b__csv="客户编号,订单日期,未税金额,单价\nA,2024-01-03,100,100\n")  # fmt: skip
    found = read(folder, tmp_path / "t", amount_basis=basis, tax_rate=0.13)
    assert found.amount_basis == basis
    assert [note.kind for note in found.notes] == ["turned_basis"]
    by_file = found.factors.set_index(["column", "file_no"])["factor"]
    assert tuple(by_file["amount"]) == pytest.approx(factors, rel=1e-12)
    assert tuple(by_file["unit_price"]) == pytest.approx(factors, rel=1e-12)
