"""Optional tables are read by their contracts, held against the customers, and never stop a run."""

from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from reading import write

from analysis.clean.cleaning import open_cleaning
from analysis.clean.gate import open_gate
from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.capabilities import CAPABILITIES
from analysis.core.contracts.clean import OPTIONAL_REMARKS, OPTIONAL_TABLES, ORDER_LINES
from analysis.core.contracts.optional_words import WORDS

PARAMS = Path(__file__).parents[2] / "params.yaml"
ORDERS = """客户编号,订单号,订单日期,产品编码,含税金额
A,1,2024-01-05,p,60.00
B,2,2024-02-06,p,30.00
C,3,2024-03-07,p,10.00
A,4,2024-03-31,p,0.50
散客,5,2024-03-30,p,500.00
"""


def run(folder, **files):
    """Clean orders and the ``files`` given, as of the end of March 2024."""
    (folder / "dvc.yaml").touch()
    (folder / "params.yaml").write_text(PARAMS.read_text("utf-8"), encoding="utf-8")
    write(folder / "data" / "demo", orders__csv=ORDERS, **files)
    work = open_cleaning(as_of="2024-03-31")
    work.judge()
    work.store()
    return work


@pytest.fixture
def clean(tmp_path, monkeypatch):
    """The same in a project of its own."""
    monkeypatch.chdir(tmp_path)
    return partial(run, tmp_path)


def told(name):
    return tables.read(OPTIONAL_TABLES).set_index("table_name").loc[name]


def remarks(name):
    found = tables.read(OPTIONAL_REMARKS)
    found = found[found["table_name"] == name]
    return set(zip(found["issue"], found["column_name"], found["seen"], found["rows"], strict=True))


def test_every_row_of_a_contact_log_is_used_or_counted(clean):
    clean(contacts__csv="""客户编号,拜访日期,跟进方式,时长,拜访人,费用
A,2024-01-10,拜访,45,王,120.50
A,2024-01-10,拜访,45,王,120.50
A,2024-01-10,电话,5,王,
Z,2024-02-01,拜访,lang,李,10
B,2024-04-01,拜访,30,李,10
B,,拜访,30,李,10
,2024-02-01,拜访,30,李,10
""")
    row = told("contacts")
    assert row[["rows_read", "accepted", "duplicates", "after_as_of", "incomplete", "bad_cells"]].tolist() == [7, 3, 1, 1, 2, 1]
    assert row[["customers", "unknown_customers", "coverage"]].tolist() == [2, 1, pytest.approx(60.5 / 100.5)]
    assert (row["first_date"], row["last_date"]) == (pd.Timestamp("2024-01-10"), pd.Timestamp("2024-02-01"))
    stored = tables.read(optional.CONTACTS)
    assert stored[["customer_id", "kind", "cost_e4", "is_known_customer"]].replace({float("nan"): None}).values.tolist() == [
        ["A", "call", None, True], ["A", "visit", 1_205_000, True], ["Z", "visit", 100_000, False],
    ]  # fmt: skip
    assert remarks("contacts") == {
        ("unreadable_cell", "minutes", "lang", 1), ("unknown_customer", "customer_id", "Z", 1),
        ("after_as_of", "date", "2024-04-01", 1), ("duplicate", "customer_id, date, kind, rep", "", 1),
        ("incomplete", "date", "", 1), ("incomplete", "customer_id", "", 1),
    }  # fmt: skip


def test_money_in_ten_thousands_and_shares_in_percent_come_in_the_units_of_the_house(clean):
    clean(wallet__csv="客户编号,品类,年度,年采购总额(万元),我司占比,信息来源,可信度\nA,纸,2023年,12.5,40,客户自述,0.8\nB,纸,2023,1,5%,投标,80%\n")
    stored = tables.read(optional.WALLET)
    assert stored[["period", "annual_spend_e4", "our_share", "confidence"]].values.tolist() == [
        ["2023", 1_250_000_000, 0.4, 0.8], ["2023", 100_000_000, 0.05, 0.8],
    ]  # fmt: skip


def test_what_became_known_after_as_of_is_not_known(clean):
    clean(
        tickets__csv="工单号,客户编号,报修时间,首次响应时间,解决时间,严重程度,处理结果,用时\n"
        "T1,A,2024-03-30 09:15,2024-03-30 13:45,2024-04-02 10:00,3,退款,90\n"
        "T2,A,2024/3/1 8:00,,2024年3月2日,5,换货,30\n",
        subscriptions__csv="合同号,客户编号,起始日,到期日,取消日,取消原因,年费\n1,A,2024-01-01,2024-12-31,2024-05-01,价格,100\n",
    )
    first, second = tables.read(optional.TICKETS).sort_values("ticket_id").to_dict("records")
    assert first["first_response_at"] == pd.Timestamp("2024-03-30 13:45")
    assert pd.isna([first["resolved_at"], first["outcome"], first["minutes"]]).all()
    assert (second["opened_at"], second["resolved_at"]) == (pd.Timestamp("2024-03-01 08:00"), pd.Timestamp("2024-03-02"))
    assert (second["outcome"], second["minutes"], second["severity"]) == ("换货", 30, 5)
    contract = tables.read(optional.SUBSCRIPTIONS).iloc[0]
    assert contract["ends_on"] == pd.Timestamp("2024-12-31")
    assert pd.isna(contract[["cancelled_on", "cancel_reason"]]).all()
    assert ("not_known_yet", "cancelled_on", "2024-05-01", 1) in remarks("subscriptions")


def test_words_of_both_languages_are_one_and_others_are_kept_and_listed(clean):
    clean(actions__csv="行动编号,客户编号,下达日期,行动,分组\n1,A,2024-01-05,x,对照组\n2,B,2024-01-05,x,Treated\n3,C,2024-01-05,x,B\n",
          exit_reasons__csv="客户编号,日期,流失原因\nA,2024-01-05,太贵\nB,2024-01-05,Bankrupt\n")  # fmt: skip
    assert tables.read(optional.ACTIONS)["arm"].tolist() == ["holdout", "treat", "B"]
    assert tables.read(optional.EXIT_REASONS)["reason"].tolist() == ["price", "closed"]
    assert remarks("actions") == {("unknown_word", "arm", "B", 1)}


def test_a_customer_listed_under_two_numbers_is_one(clean):
    clean(customers__csv="客户编号,唯一客户编号,客户名称\nA,P1,甲\nB,P2,乙\nA2,P1,甲\nC,P3,丙\n",
          referrals__csv="推荐人,被推荐人,推荐日期\nA2,B,2024-01-05\nD,A,2024-01-06\n")  # fmt: skip
    stored = tables.read(optional.REFERRALS)[["referrer_id", "referred_id", "is_known_customer"]]
    assert stored.values.tolist() == [["D", "P1", False], ["P1", "P2", True]]


def test_of_two_reports_on_one_contract_the_later_one_counts(clean):
    clean(a_sub__csv="合同号,客户编号,起始日,续费日,年费\n7,A,2023-01-01,,100\n",
          b_sub__csv="合同号,客户编号,起始日,续费日,年费\n7,A,2023-01-01,2024-01-01,100\n")  # fmt: skip
    assert told("subscriptions")[["files", "accepted", "duplicates"]].tolist() == [2, 1, 1]
    assert tables.read(optional.SUBSCRIPTIONS)["renewed_on"].tolist() == [pd.Timestamp("2024-01-01")]


@pytest.mark.parametrize(
    ("cell", "day"),
    [("2024-03", "2024-03-01"), ("2023-11", "2023-11-01"), ("202312", "2023-12-01"), ("2024年3月", "2024-03-01"), ("45352", "2024-03-01"), ("20240301", "2024-03-01"), ("1 Mar 2024", "2024-03-01"),
     ("2024-02-30", None), ("soon", None), ("13/03/2024", "2024-03-13")],
)  # fmt: skip
def test_a_day_is_read_in_any_of_the_usual_forms(clean, cell, day):
    clean(usage__csv=f"客户编号,日期,指标,登录次数\nA,{cell},logins,7\nB,2024-01-01,logins,1\n")
    stored = tables.read(optional.USAGE).query("customer_id == 'A'")["date"].tolist()
    assert stored == ([pd.Timestamp(day)] if day else [])
    assert told("usage")["incomplete"] == (day is None)


def test_days_that_could_be_read_either_way_stay_unread_where_nothing_settles_them(clean):
    clean(exit_reasons__csv="客户编号,日期,流失原因\nA,03/02/2024,价格\n")
    assert told("exit_reasons")[["rows_read", "accepted", "incomplete", "bad_cells"]].tolist() == [1, 0, 1, 1]
    assert not tables.path(optional.EXIT_REASONS).exists()


def test_a_source_without_optional_tables_leaves_an_empty_list_and_no_file(clean):
    work = clean()
    assert tables.read(OPTIONAL_TABLES).empty
    assert list(tables.path(optional.TICKETS).parent.iterdir()) == []
    assert "tickets" in work.gate.set_index("capability").loc["C5", "missing"]


def test_an_optional_table_of_the_last_run_is_gone_when_the_source_has_it_no_more(clean, tmp_path):
    clean(capacity__csv="业务员,每月工时\n王,160\n")
    assert tables.read(optional.CAPACITY)["hours_per_month"].tolist() == [160]
    (tmp_path / "data" / "demo" / "capacity.csv").unlink()
    clean()
    assert not tables.path(optional.CAPACITY).exists()


MINIMAL = {
    "activity_costs": "作业,单位成本\n拜访,80\n", "tickets": "工单号,客户编号,报修时间\n1,A,2024-01-05\n",
    "contacts": "客户编号,拜访日期,跟进方式\nA,2024-01-05,拜访\n", "referrals": "推荐人,被推荐人,推荐日期\nA,B,2024-01-05\n",
    "surveys": "客户编号,调查日期,问卷,评分\nA,2024-01-05,NPS,9\n", "wallet": "客户编号,年度,年采购总额\nA,2023,100\n",
    "subscriptions": "合同号,客户编号,起始日\n1,A,2024-01-05\n", "spend": "期间,费用类型,渠道,拓客费用\n2024-01,拓客,展会,100\n",
    "usage": "客户编号,日期,指标,使用次数\nA,2024-01-05,logins,9\n", "exit_reasons": "客户编号,日期,流失原因\nA,2024-01-05,价格\n",
    "actions": "行动编号,客户编号,下达日期,行动,分组\n1,A,2024-01-05,拜访,treat\n",
    "social": "客户编号,日期,互动类型\nA,2024-01-05,转发\n", "capacity": "业务员,每月工时\n王,160\n",
    "customers": "客户编号,客户名称,行业\nA,甲,电子\n", "products": "产品编码,产品名称,成本\np,纸,3\n",
}  # fmt: skip


def needing(name):
    """Capabilities that no other table than ``name`` can serve."""
    lists = {one.id: [need.split("|") for need in one.needs] for one in CAPABILITIES}
    return {one for one, needs in lists.items() if any({way.split(".")[0] for way in ways} == {name} for ways in needs)}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """What a cleaning finds where every optional table is there."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("whole")
        patch.chdir(folder)
        return run(folder, **{f"{name}__csv": text for name, text in MINIMAL.items()}).brought


@pytest.mark.parametrize("name", MINIMAL)
def test_dropping_a_table_closes_what_only_it_can_serve(whole, name):
    present = {table: columns for table, columns in whole.present.items() if table != name}
    gate = open_gate({"orders", "orders.customer_id", "orders.order_date", "orders.amount", "orders.product_id", "orders.unit_cost",
                      *present, *(f"{table}.{column}" for table, columns in present.items() for column in columns)})  # fmt: skip
    status = gate.set_index("capability")["status"]
    assert (status.loc[sorted(needing(name))] == "not_available").all()
    lacking = set(status.index[status == "not_available"])
    assert {one for other in MINIMAL if other != name for one in needing(other)} & lacking <= needing(name)


@pytest.mark.parametrize(("name", "closed"), [("tickets", "C5"), ("spend", "V6"), ("customers", "")])
def test_a_run_without_one_table_is_green(clean, name, closed):
    work = clean(**{f"{other}__csv": MINIMAL[other] for other in ("tickets", "spend", "customers") if other != name})
    gate = work.gate.set_index("capability")["status"]
    assert {one: gate[one] == "not_available" for one in ("C5", "V6")} == {one: one == closed for one in ("C5", "V6")}
    assert len(tables.read(ORDER_LINES)) == 5


def test_a_table_whose_rows_say_nothing_does_not_open_the_gate(clean):
    work = clean(tickets__csv="工单号,客户编号,报修时间\n1,,2024-01-05\n2,A,never\n")
    assert work.gate.set_index("capability").loc["C5", "status"] == "not_available"
    assert told("tickets")["incomplete"] == 2


def test_stored_columns_have_the_types_of_their_contract(clean):
    clean(**{f"{name}__csv": text for name, text in MINIMAL.items()})
    for reading in optional.READINGS.values():
        stored, promised = pq.read_schema(tables.path(reading.stored)), reading.stored.arrow
        assert list(zip(stored.names, stored.types, strict=True)) == list(zip(promised.names, promised.types, strict=True))


@pytest.mark.parametrize("name", ["tickets", "wallet", "capacity"])
def test_headers_without_a_row_are_an_empty_table_and_no_crash(clean, name):
    work = clean(**{f"{name}__csv": MINIMAL[name].splitlines()[0] + "\n"})
    assert told(name)[["rows_read", "accepted", "bad_cells"]].tolist() == [0, 0, 0]
    assert name not in work.brought.present
    assert not tables.path(optional.READINGS[name].stored).exists()


def test_a_world_of_bad_cells_is_listed_and_not_a_crash(clean):
    bad = ["", "-", "NULL", "９９", "1e400", "--", "((3))", "2024-99-99", "99999999999999999999", "'", "\\", "%", "0x1F", "\u202e", "NaN"]
    rows = "".join(f"{n},A,{cell},{cell},{cell},{cell}\n" for n, cell in enumerate(bad))
    clean(tickets__csv="工单号,客户编号,报修时间,解决时间,严重程度,用时\n" + rows)
    row = told("tickets")
    assert row["rows_read"] == len(bad) == row["incomplete"]


def test_every_word_belongs_to_a_column_and_is_written_one_way_only():
    for name, columns in WORDS.items():
        for column, words in columns.items():
            assert column in optional.READINGS[name].given.by_name
            ways = [way for some in words.values() for way in some]
            assert len(ways) == len(set(ways)), (name, column)
            assert ways == [way.lower().strip() for way in ways]
