"""Each fault is what its name says, seen with the eyes of somebody who only has the files."""

import datetime

import python_calamine

WIDE_DIGITS = "０１２３４５６７８９"


def lines_of(faulty, kind):
    return [line for line, _ in faulty[kind]]


def twins_of(demo, faulty, kind):
    for line, row in faulty[kind]:
        yield line, demo.at[row["twin_file"], row["twin_sheet"], int(row["twin_row"])]


def test_a_duplicate_repeats_a_line_of_its_own_file_cell_by_cell(demo, faulty):
    pairs = list(twins_of(demo, faulty, "duplicate"))
    assert all(line.cells == twin.cells for line, twin in pairs)
    assert all(
        (line.file, line.sheet) == (twin.file, twin.sheet) and line.row > twin.row for line, twin in pairs
    )
    gaps = [line.row - twin.row for line, twin in pairs]
    assert min(gaps) == 1
    assert max(gaps) > 50


def test_no_good_line_is_equal_to_another(good):
    seen = [(line.file, *line.cells.values()) for line in good]
    assert len(seen) == len(set(seen))


def test_the_first_week_of_the_second_quarter_stands_in_two_files(demo, faulty):
    pairs = list(twins_of(demo, faulty, "overlap"))
    assert all(line.cells == twin.cells for line, twin in pairs)
    assert {(line.file, twin.file) for line, twin in pairs} == {("sales_2025_q2.csv", "sales_2025_q1.csv")}
    week = {line.day for line, _ in pairs}
    assert (min(week), max(week)) == (datetime.date(2025, 4, 1), datetime.date(2025, 4, 7))
    late = [line for line in demo.lines if line.file == "sales_2025_q1.csv" and line.day and line.day in week]
    assert len(late) == len(pairs)


def test_cancelled_orders_say_so_on_all_their_lines(demo, faulty):
    cancelled = lines_of(faulty, "cancelled")
    assert {line.cells["status"] for line in cancelled} == {"已取消", "cancelled"}
    places = {(line.file, line.sheet, line.row) for line in cancelled}
    said = {
        (line.file, line.sheet, line.row)
        for line in demo.lines
        if line.cells.get("status") in ("已取消", "cancelled")
    }
    assert said == places
    numbers = {line.cells["order"] for line in cancelled}
    others = {
        line.cells["order"] for line in demo.lines if line.cells.get("status") in ("completed", "交易成功")
    }
    assert numbers & others == set()


def test_goods_come_back_in_three_forms(demo, faulty):
    for line, bought in twins_of(demo, faulty, "return_typed"):
        assert line.cells["type"] == "退货"
        assert line.amount_e4 > 0
        assert line.cells["order"] == bought.cells["order"]
    for line, bought in twins_of(demo, faulty, "return_negative"):
        assert line.amount_e4 < 0
        assert line.cells["order"] == bought.cells["order"]
    for line, bought in twins_of(demo, faulty, "return_separate"):
        assert line.amount_e4 < 0
        assert line.cells["order"].startswith("TH")
        assert (line.day.year, line.day.month) > (bought.day.year, bought.day.month)


def test_nobody_gives_back_what_was_never_sold(demo, faulty):
    for kind in ("return_typed", "return_negative", "return_separate"):
        for line, bought in twins_of(demo, faulty, kind):
            assert line.cells["customer"] == bought.cells["customer"]
            assert line.cells["product"] == bought.cells["product"]
            assert line.day > bought.day
            assert 0 < abs(line.net_e4) <= bought.net_e4


def test_values_that_no_reader_can_use_are_of_no_use(faulty):
    assert [line.day for line in lines_of(faulty, "unreadable_date")] == [None] * 10
    assert [line.amount_e4 for line in lines_of(faulty, "unreadable_amount")] == [None] * 8
    assert {line.cells["customer"] + line.cells["name"] for line in lines_of(faulty, "missing_customer")} == {
        ""
    }
    assert min(line.day.year for line in lines_of(faulty, "future_date")) >= 2033


def test_every_other_line_can_be_read(demo, faulty):
    no_date = {id(line) for line in lines_of(faulty, "unreadable_date")}
    no_amount = {id(line) for line in lines_of(faulty, "unreadable_amount")}
    for line in demo.lines:
        assert (line.day is None) == (id(line) in no_date or line.is_total)
        assert (line.amount_e4 is None) == (id(line) in no_amount)


def test_free_and_mispriced_lines_look_like_it(faulty):
    assert {line.amount_e4 for line in lines_of(faulty, "zero_price")} == {0}
    assert {line.amount_e4 for line in lines_of(faulty, "free_sample")} == {0}
    assert all(line.cells["product_name"].endswith("(赠品)") for line in lines_of(faulty, "free_sample"))
    for line in lines_of(faulty, "negative_price"):
        assert line.amount_e4 < 0
        assert float(line.cells["qty"]) > 0


def test_what_is_no_product_has_a_code_from_the_list_in_the_params(faulty):
    assert {line.cells["product"] for line in lines_of(faulty, "postage")} == {"运费"}
    assert {line.cells["product"] for line in lines_of(faulty, "adjustment")} == {"调整01"}
    assert {line.cells["product"] for line in lines_of(faulty, "test_line")} == {"TEST001"}
    assert {line.cells["customer"] for line in lines_of(faulty, "test_order")} == {"KH90002"}


def test_numbers_come_in_strange_dress_and_keep_their_value(faulty):
    assert {digit for line in lines_of(faulty, "full_width") for digit in line.cells["qty"]} <= set(
        WIDE_DIGITS
    )
    assert {line.cells["amount"][0] for line in lines_of(faulty, "currency_sign")} == {"¥", "￥"}
    assert all(
        line.cells["amount"][0] + line.cells["amount"][-1] == "()"
        for line in lines_of(faulty, "bracket_negative")
    )


def test_na_is_a_region_and_a_customers_name(faulty):
    lines = lines_of(faulty, "text_na")
    assert {line.cells["region"] for line in lines} > {"NA"}
    assert {line.cells["name"] for line in lines} > {"NA"}
    assert all("NA" in (line.cells["region"], line.cells["name"]) for line in lines)


def test_one_number_stands_for_the_orders_of_two_customers(faulty):
    buyers = {}
    for line in lines_of(faulty, "shared_order_id"):
        buyers.setdefault(line.cells["order"], set()).add(line.cells["customer"])
    assert len(buyers) > 5
    assert {len(who) for who in buyers.values()} == {2}


def test_late_lines_are_older_than_the_file_they_came_with(faulty):
    starts = {
        "sales_2025_q2.csv": datetime.date(2025, 4, 1), "sales_2025_q3.csv": datetime.date(2025, 7, 1),
        "sales_2025_q4.csv": datetime.date(2025, 10, 1), "sales_2026_h1.tsv.gz": datetime.date(2026, 1, 1),
        "sales_2026_h2.csv": datetime.date(2026, 7, 1), "下半年": datetime.date(2024, 7, 1),
        "上半年": datetime.date(2024, 1, 1),
    }  # fmt: skip
    late = [(line.day, starts[line.sheet or line.file]) for line in lines_of(faulty, "late_arrival")]
    assert all(datetime.timedelta() < start - day <= datetime.timedelta(12) for day, start in late)
    assert len({start for _, start in late}) == len(starts)


def test_a_part_of_the_products_has_no_cost(demo):
    book = python_calamine.CalamineWorkbook.from_path(str(demo.files / "products.xlsx"))
    header, *rows = book.get_sheet_by_name("产品").to_python()
    assert header == ["产品编码", "产品名称", "品类", "单位", "成本", "标价"]
    empty = {n for n, row in enumerate(rows, start=2) if row[4] == ""}
    assert empty == {int(row["row"]) for row in demo.manifest if row["kind"] == "missing_cost"}
    assert (len(rows), len(empty)) == (120, 18)
    assert all(row[4] < row[5] for row in rows if row[4] != "")
