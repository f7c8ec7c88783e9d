"""Files of every kind and encoding become the same text rows, with the numbers of their lines."""

import gzip
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import read, rows, write

from analysis.core.errors import DataError

CHINESE = "客户编号,订单日期,销售额,地区\nC1,2024-01-05,10.5,华东\nC2,2024-01-06,20,上海\n"
FRENCH = "code client;date commande;montant;ville\nC1;2024-01-05;10,5;Orléans\nC2;2024-01-06;20;Besançon\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (CHINESE.encode("utf-8"), "utf-8"),
        (CHINESE.encode("utf-8-sig"), "utf-8-sig"),
        (CHINESE.encode("gb18030"), "gb18030"),
        (CHINESE.encode("utf-16"), "utf-16"),
        (CHINESE.encode("utf-16-le"), "utf-16-le"),
        (CHINESE.encode("utf-16-be"), "utf-16-be"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_chinese_export_is_read_alike_in_every_encoding(tmp_path, content, expected):
    found = read(write(tmp_path / "raw", a__csv=content), tmp_path / "s")
    assert rows(found, "row_no, customer_id, amount, region") == [(2, "C1", "10.5", "华东"), (3, "C2", "20", "上海")]
    assert found.input_files["encoding"].tolist() == [expected]


def test_french_letters_are_cp1252_and_the_page_is_told(tmp_path):
    found = read(write(tmp_path / "raw", a__csv=FRENCH.encode("cp1252")), tmp_path / "s")
    assert rows(found, "customer_id, amount, region") == [("C1", "10,5", "Orléans"), ("C2", "20", "Besançon")]
    assert [note.kind for note in found.notes] == ["encoding_judged"]


def test_chinese_cells_under_english_headers_are_gb18030(tmp_path):
    lines = "".join(f"C{n},2024-01-05,{n},{place}有限公司\n" for n, place in enumerate(["北京", "上海", "广州", "四川"] * 5))
    content = ("customer_id,order_date,amount,customer_name\n" + lines).encode("gb18030")
    found = read(write(tmp_path / "raw", a__csv=content), tmp_path / "s")
    assert rows(found, "customer_name")[1] == ("上海有限公司",)


def test_japanese_headers_settle_shift_jis(tmp_path):
    content = "顧客ID,注文日,売上金額,都道府県\nC1,2024-01-05,100,東京都\n".encode("shift_jis")
    found = read(write(tmp_path / "raw", a__csv=content), tmp_path / "s")
    assert rows(found, "customer_id, amount, region") == [("C1", "100", "東京都")]


def test_russian_letters_stop_and_ask_for_the_encoding(tmp_path):
    content = ("customer_id,order_date,amount,region\n" + "C1,2024-01-05,5,Москва\n" * 9).encode("cp1251")
    folder = write(tmp_path / "raw", a__csv=content)
    with pytest.raises(DataError, match=r"^a\.csv: the text is not UTF-8.* Set source\.encoding in params\.yaml"):
        read(folder, tmp_path / "s")
    assert rows(read(folder, tmp_path / "t", encoding="cp1251"), "region")[0] == ("Москва",)


def test_unknown_encoding_of_the_user_is_named(tmp_path):
    folder = write(tmp_path / "raw", a__csv=CHINESE)
    with pytest.raises(DataError, match=r"section source: this encoding is unknown, got 'utf-9'\. Set encoding to"):
        read(folder, tmp_path / "s", encoding="utf-9")


@pytest.mark.parametrize("place", [20, 39], ids=["inside", "last, without a line end"])
@pytest.mark.parametrize("short", [False, True], ids=["whole lines", "a line that is too short"])
def test_a_line_of_broken_bytes_is_set_aside_with_its_number(place, short, tmp_path):
    lines = [f"C{n},2024-01-05,{n},华东".encode() for n in range(40)]
    lines[place] = b"C20,2024-01-05,20,\xe5\x8d"
    gone = [(place + 2, "bad_encoding")]
    if short:
        lines[5] = b"C5,7"
        gone = [(7, "too_few_fields"), *gone]
    found = read(write(tmp_path / "raw", a__csv=b"customer_id,order_date,amount,region\n" + b"\n".join(lines)), tmp_path / "s")
    assert sorted(rows(found, "row_no, reason", "unreadable_lines")) == gone
    assert [row for row, in rows(found, "row_no")] == [n for n in range(2, 42) if n not in dict(gone)]
    assert found.input_files["rows_read"].tolist() == [40]


texts = st.text(st.sampled_from('ab ,;|\t"\n北京éß0'), max_size=6)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(st.tuples(texts, texts), min_size=1, max_size=12),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030"]),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_quoted_comes_back_in_every_encoding(tmp_path_factory, cells, delimiter, encoding, newline):
    folder = tmp_path_factory.mktemp("round")

    def quoted(text):
        return '"' + text.replace('"', '""') + '"'

    lines = [delimiter.join(["customer_id", "order_date", "amount", "product_name", "region"])]
    lines += [delimiter.join(["C1", "2024-01-05", "7", quoted(a), quoted(b)]) for a, b in cells]
    content = (newline.join(lines) + newline).encode(encoding)
    found = read(write(folder / "raw", a__csv=content), folder / "s", encoding=encoding)
    assert rows(found, "product_name, region") == [(a or None, b or None) for a, b in cells]
    starts, line = [], 2
    for a, b in cells:
        starts.append((line,))
        line += 1 + a.count("\n") + b.count("\n")
    assert rows(found, "row_no") == starts


def test_blank_short_long_and_broken_records_keep_every_line_number(tmp_path):
    content = (
        "customer_id,order_date,amount,product_name,region\n"  # 1
        "\n"  # 2
        "C1,2024-01-05,1,a,x\n"  # 3
        'C2,2024-01-05,2,"two\n\nlines",x\n'  # 4-6
        "C3,2024-01-05\n"  # 7: no amount
        "C4,2024-01-05,4\n"  # 8: only the last cells are left out
        "C5,2024-01-05,5,a,x,more\n"  # 9
        "C6,2024-01-05,6,a,x,,\n"  # 10: only empty cells too many
        ",,,,\n"  # 11
        "   \n"  # 12
        "C7,2024-01-05,7,a,x"  # 13
    )
    found = read(write(tmp_path / "raw", a__csv=content), tmp_path / "s")
    assert rows(found, "row_no, customer_id") == [(3, "C1"), (4, "C2"), (8, "C4"), (10, "C6"), (13, "C7")]
    assert rows(found, "row_no, reason, text", "unreadable_lines") == [
        (7, "too_few_fields", "C3,2024-01-05"), (9, "too_many_fields", "C5,2024-01-05,5,a,x,more")]  # fmt: skip
    assert found.input_files["rows_read"].tolist() == [7]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_quote_that_never_closes_costs_one_line(tmp_path, newline):
    lines = [f'C{n},2024-01-05,{n},"name, {n}",x' for n in range(50)]
    lines[10] = 'C10,2024-01-05,10,"open,x'
    lines[30] = 'C30,2024-01-05,30,"closed" early,x'
    content = newline.join(["customer_id,order_date,amount,product_name,region", *lines])
    found = read(write(tmp_path / "raw", a__csv=content), tmp_path / "s")
    assert rows(found, "row_no, reason", "unreadable_lines") == [(12, "open_quote"), (32, "bad_quote")]
    assert [int(name[1:]) for name, in rows(found, "customer_id")] == [n for n in range(50) if n not in (10, 30)]


def test_inch_signs_inside_a_cell_are_no_quotes(tmp_path):
    found = read(write(tmp_path / "raw", a__csv='customer_id,order_date,amount,product_name\nC1,2024-01-05,1,5" nail\n'), tmp_path / "s")
    assert rows(found, "product_name") == [('5" nail',)]


def test_mixed_and_old_line_ends_are_lines(tmp_path):
    lines = ["customer_id,order_date,amount", "C1,2024-01-05,1", "C2,2024-01-05,2", "C3,2024-01-05,3"]
    mixed = lines[0] + "\r\n" + lines[1] + "\n" + lines[2] + "\r\n" + lines[3]
    found = read(write(tmp_path / "raw", a__csv=mixed, b__csv="\r".join(lines)), tmp_path / "s")
    assert rows(found, "file_no, row_no, customer_id, amount") == [
        (file, row, f"C{row - 1}", str(row - 1)) for file in (1, 2) for row in (2, 3, 4)]  # fmt: skip


def test_runs_of_spaces_part_the_columns(tmp_path):
    content = " customer_id  date number_of_cds  dollar_value\r\n 00001 19970101  1   11.77\r\n 00002 19970112  1   12.00\r\n"
    found = read(write(tmp_path / "raw", a__txt=content), tmp_path / "s")
    assert rows(found, "row_no, customer_id, order_date, qty, amount")[0] == (2, "00001", "19970101", "1", "11.77")


def test_gzip_and_odd_names_are_read_and_a_damaged_one_is_named(tmp_path):
    folder = write(tmp_path / "raw")
    (folder / "a [1]'s.csv").write_text(CHINESE, "utf-8")
    (folder / "b.csv.gz").write_bytes(gzip.compress(CHINESE.encode()))
    assert len(rows(read(folder, tmp_path / "s"), "*")) == 4
    (folder / "b.csv.gz").write_bytes(gzip.compress(CHINESE.encode() * 50)[:-20])
    with pytest.raises(DataError, match=r"^b\.csv\.gz: the file is damaged: it does not unpack to its end\. Export or copy it again\.$"):
        read(folder, tmp_path / "t")


def test_words_for_missing_stay_words(tmp_path):
    content = "customer_id,order_date,amount,region\nNA,2024-01-05,1,NA\nNULL,null,None,\nC1,2024-01-05,1,\"\"\n"
    found = read(write(tmp_path / "raw", a__csv=content), tmp_path / "s")
    assert rows(found, "customer_id, order_date, amount, region") == [
        ("NA", "2024-01-05", "1", "NA"), ("NULL", "null", "None", None), ("C1", "2024-01-05", "1", None)]  # fmt: skip


def test_hundreds_of_daily_files_with_columns_in_another_order_are_one_table(tmp_path):
    folder = write(tmp_path / "raw")
    (folder / "2024").mkdir()
    for day in range(1, 29):
        later = f"amount,customer_id,order_date,region\n{day},C{day},2024-02-{day},x\n"
        early = f"customer_id,order_date,amount\nC{day},2024-02-{day},{day}\n"
        (folder / "2024" / f"d{day:02d}.csv").write_text(later if day > 14 else early, "utf-8")
    found = read(folder, tmp_path / "s")
    assert [(f"2024/d{n:02d}.csv", f"C{n}", str(n), "x" if n > 14 else None) for n in range(1, 29)] == rows(
        found, "source_file, customer_id, amount, region")  # fmt: skip
    assert found.input_files["file_no"].tolist() == list(range(1, 29))


def test_parquet_columns_become_text(tmp_path):
    folder = write(tmp_path / "raw")
    table = pa.table({"customer_id": [1, 2], "order_date": pa.array([0, 86_400], pa.timestamp("s")), "amount": [1.5, None]})
    pq.write_table(table, folder / "a.parquet")
    found = read(folder, tmp_path / "s")
    assert rows(found, "row_no, customer_id, order_date, amount") == [
        (1, "1", "1970-01-01 00:00:00", "1.5"), (2, "2", "1970-01-02 00:00:00", None)]  # fmt: skip


def workbook(path, fill):
    with xlsxwriter.Workbook(str(path)) as book:
        fill(book)
    return path


def test_cells_of_a_workbook_become_plain_text_with_their_row(tmp_path):
    import datetime

    def fill(book):
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = book.add_worksheet("订单")
        sheet.merge_range(0, 0, 0, 4, "销售明细  单位:万元")
        sheet.write_row(2, 0, ["客户编号", "订单日期", "销售额", "数量", "备注"])
        sheet.write_row(3, 0, [1001, "", 0.1 + 0.2, 12, True])
        sheet.write_datetime(3, 1, datetime.datetime(2024, 3, 5), day)
        sheet.write_row(5, 0, ["NA", "", 1e-7, 1e15, ""])
        sheet.write_datetime(5, 1, datetime.datetime(2024, 3, 5, 10, 11, 12), day)
        book.add_worksheet("空")

    workbook(write(tmp_path / "raw") / "a.xlsx", fill)
    found = read(tmp_path / "raw", tmp_path / "s")
    assert rows(found, "row_no, customer_id, order_date, amount, qty") == [
        (4, "1001", "2024-03-05", "0.3", "12"), (6, "NA", "2024-03-05 10:11:12", "0.0000001", "1000000000000000")]  # fmt: skip
    assert found.input_files[["source_file", "header_row"]].values.tolist() == [["a.xlsx, sheet 订单", 3]]
    assert found.factors.set_index("column")["factor"]["amount"] == 10_000
    assert [note.kind for note in found.notes] == ["unit_from_title"]


def test_merged_cells_lend_the_customer_but_not_the_amount(tmp_path):
    def fill(book):
        sheet = book.add_worksheet("a")
        sheet.merge_range(0, 0, 1, 0, "客户编号")
        sheet.merge_range(0, 1, 1, 1, "订单日期")
        sheet.merge_range(0, 2, 0, 3, "本期")
        sheet.write_row(1, 2, ["销售额", "数量"])
        sheet.merge_range(2, 0, 3, 0, "C1")
        sheet.merge_range(2, 1, 3, 1, "2024-01-05")
        sheet.merge_range(2, 2, 3, 2, 30)
        sheet.write_column(2, 3, [1, 2])

    workbook(write(tmp_path / "raw") / "a.xlsx", fill)
    found = read(tmp_path / "raw", tmp_path / "s")
    assert rows(found, "row_no, customer_id, order_date, amount, qty") == [
        (3, "C1", "2024-01-05", "30", "1"), (4, "C1", "2024-01-05", None, "2")]  # fmt: skip


def test_a_workbook_with_a_document_type_is_refused(tmp_path):
    path = write(tmp_path / "raw") / "a.xlsx"
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><workbook/>')
    with pytest.raises(DataError, match=r"^a\.xlsx: the workbook holds a document type"):
        read(tmp_path / "raw", tmp_path / "s")


def test_a_broken_workbook_is_named(tmp_path):
    path = workbook(write(tmp_path / "raw") / "a.xlsx", lambda book: book.add_worksheet("a").write(0, 0, "x"))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match=r"^a\.xlsx: the workbook is damaged: a part of it does not unpack\. Export or copy it again\.$"):
        read(tmp_path / "raw", tmp_path / "s")


def test_text_and_web_pages_named_xls_are_read(tmp_path):
    page = "<html><meta charset=utf-8><table><tr><td colspan=3>报表</td></tr><tr><th>客户编号</th><th>订单日期</th><th>销售额</th></tr><tr><td>C1</td><td>2024-01-05</td><td>7</td></tr></table></html>"
    found = read(write(tmp_path / "raw", a__xls=CHINESE.replace(",", "\t"), b__xls=page), tmp_path / "s")
    assert rows(found, "source_file, row_no, customer_id, amount") == [
        ("a.xls", 2, "C1", "10.5"), ("a.xls", 3, "C2", "20"), ("b.xls, table 1", 3, "C1", "7")]  # fmt: skip


def test_unknown_kinds_are_listed_and_not_read(tmp_path):
    found = read(write(tmp_path / "raw", a__csv=CHINESE, b__pdf=b"%PDF-1.4", c__csv=b""), tmp_path / "s")
    assert found.input_files[["source_file", "table_name", "note"]].values.tolist()[1:] == [
        ["b.pdf", "not_read", "unknown_kind"], ["c.csv", "not_read", "empty"]]  # fmt: skip


def test_a_missing_path_says_what_to_set(tmp_path):
    with pytest.raises(DataError, match=r"section source: there is nothing at this path, got 'none'\. Set path to a file or a folder"):
        read(tmp_path / "none", tmp_path / "s")
