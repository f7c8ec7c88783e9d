"""Related files are told apart by their columns and joined without losing or doubling a line."""

import pytest
from reading import exactly, read, rows, write

from analysis.core.errors import DataError

SHOP = {
    "details__csv": "orderID,productID,unitPrice,quantity,discount\n1,11,14,12,0\n1,42,9.8,10,0\n2,11,14,1,0.1\n3,99,5,1,0\n",
    "orders__csv": "orderID,customerID,employeeID,orderDate,requiredDate,freight,shipCountry\n"
    "1,A,5,2024-01-05,2024-01-09,32.4,France\n2,B,6,2024-01-06,2024-01-10,11,NULL\n2,C,6,2024-02-06,2024-01-10,11,Spain\n9,A,5,2024-01-07,,1,\n",
    "products__csv": "productID,productName,supplierID,categoryID,unitPrice\n11.0,Chai,1,1,18\n42,Chang,1,2,19\n",
    "categories__csv": "categoryID,categoryName,description\n1,Drinks,x\n2,Food,y\n",
    "customers__csv": "customerID,companyName,city,country\nA,Alfred,Berlin,Germany\nB,Berta,Bonn,Germany\n",
    "suppliers__csv": "supplierID,companyName,city\n1,S,Rome\n",
    "shippers__csv": "shipperID,companyName,phone\n1,S,1\n",
}  # fmt: skip


def test_files_are_told_apart_by_their_columns(tmp_path):
    found = read(write(tmp_path / "raw", **SHOP), tmp_path / "s").input_files
    assert found.set_index("source_file")["table_name"].to_dict() == {
        "details.csv": "order_lines", "orders.csv": "order_headers", "products.csv": "products", "categories.csv": "categories",
        "customers.csv": "customers", "suppliers.csv": "other", "shippers.csv": "other"}  # fmt: skip


def test_lines_take_what_they_lack_and_none_is_lost_or_doubled(tmp_path):
    found = read(write(tmp_path / "raw", **SHOP), tmp_path / "s")
    assert rows(found, "row_no, order_id, order_date, customer_id, customer_name, product_name, category, unit_price, list_price, region, sales_rep") == [
        (2, "1", "2024-01-05", "A", "Alfred", "Chai", "Drinks", "14", "18", "France", "5"),
        (3, "1", "2024-01-05", "A", "Alfred", "Chang", "Food", "9.8", "19", "France", "5"),
        (4, "2", "2024-01-06", "B", "Berta", "Chai", "Drinks", "14", "18", "NULL", "6"),
        (5, "3", None, None, None, None, None, "5", None, None, None),
    ]  # fmt: skip
    assert [(note.kind, note.where, note.count) for note in found.notes] == [
        ("repeated_key", "orders.csv", 1), ("joined", "orders.csv", 3), ("unmatched_key", "orders.csv", 1),
        ("joined", "products.csv", 3), ("unmatched_key", "products.csv", 1), ("joined", "customers.csv", 3),
    ]  # fmt: skip
    assert "unit_cost" not in found.present["orders"]
    assert "freight" not in found.present["orders"]


def test_the_lines_own_value_wins_over_the_related_table(tmp_path):
    folder = write(
        tmp_path / "raw",
        sales__csv="customer_id,order_date,amount,sku,category,region\nA,2024-01-05,7,11,Own,North\nB,2024-01-05,7,11,,\n",
        items__csv="sku,item name,category,unit_cost\n11,Chai,Drinks,3\n",
        people__csv="customer_id,customer_name,city\nA,Alfred,Berlin\nB,Berta,Bonn\n",
    )
    found = read(folder, tmp_path / "s")
    assert rows(found, "customer_name, product_name, category, unit_cost, region") == [
        ("Alfred", "Chai", "Own", "3", "North"), ("Berta", "Chai", "Drinks", "3", "Bonn")]  # fmt: skip


def test_a_cost_in_another_unit_comes_in_the_unit_of_the_lines(tmp_path):
    folder = write(
        tmp_path / "raw",
        sales__csv="客户编号,订单日期,销售额,产品编码\nA,2024-01-05,70000,11\nA,2024-01-05,70000,12\n",
        items__csv='产品编码,产品名称,单位成本(万元)\n11,茶,"1,000.5"\n12,水,约3\n',
    )
    assert rows(read(folder, tmp_path / "s"), "unit_cost") == [("10005000.000000",), ("约3",)]


def test_several_files_of_one_table_are_one_table(tmp_path):
    details, orders = SHOP["details__csv"], SHOP["orders__csv"]
    folder = write(tmp_path / "raw", d1__csv=details, d2__csv=details.replace("\n1,", "\n7,"), o1__csv=orders,
                   o2__csv="orderDate,orderID,customerID\n2024-03-01,7,A\n")  # fmt: skip
    found = rows(read(folder, tmp_path / "s"), "source_file, order_date")
    assert len(found) == 8
    assert found[4] == ("d2.csv", "2024-03-01")


def test_order_totals_beside_lines_are_headers_not_lines(tmp_path):
    folder = write(
        tmp_path / "raw",
        invoice__csv="InvoiceId,CustomerId,InvoiceDate,BillingCountry,Total\n1,A,2024-01-05,Norway,20\n",
        invoice_line__csv="InvoiceLineId,InvoiceId,TrackId,UnitPrice,Quantity\n1,1,5,8,1\n2,1,6,12,1\n",
    )
    found = read(folder, tmp_path / "s")
    assert rows(found, "customer_id, qty, unit_price, amount") == [
        ("A", "1", "8", None),
        ("A", "1", "12", None),
    ]


def test_order_totals_alone_are_the_lines(tmp_path):
    content = "InvoiceId,CustomerId,InvoiceDate,Total\n1,A,2024-01-05,20\n"
    assert rows(read(write(tmp_path / "raw", a__csv=content), tmp_path / "s"), "order_id, amount") == [
        ("1", "20")
    ]


def test_headers_of_other_orders_stop(tmp_path):
    folder = write(
        tmp_path / "raw", d__csv=SHOP["details__csv"], o__csv="orderID,customerID,orderDate\n8,A,2024-01-05\n"
    )
    with pytest.raises(
        DataError, match=r"^o\.csv: none of its order numbers occurs in the order lines\. Bring the files"
    ):
        read(folder, tmp_path / "s")


def test_lines_without_headers_say_what_they_lack(tmp_path):
    folder = write(tmp_path / "raw", d__csv=SHOP["details__csv"])
    with pytest.raises(
        DataError,
        match=r"^d\.csv: no column for the customer and the order date; the headers are orderID, productID",
    ):
        read(folder, tmp_path / "s")


def test_the_user_says_which_file_is_which_table(tmp_path):
    folder = write(
        tmp_path / "raw",
        a__csv="customer_id,order_date,amount,sku\nA,2024-01-05,7,11\n",
        b__csv="sku,weight\n11,5\n", c__csv="customer_id,order_date,amount\nZ,2024-01-05,7\n",
    )  # fmt: skip
    found = read(folder, tmp_path / "s", tables={"b.csv": "products", "c.csv": "unused"})
    assert found.input_files["table_name"].tolist() == ["orders", "products", "not_read"]
    assert rows(found, "customer_id") == [("A",)]


def test_a_list_of_returned_orders_is_its_own_table(tmp_path):
    folder = write(
        tmp_path / "raw",
        a__csv="订单号,客户编号,订单日期,销售额\n1,A,2024-01-05,7\n",
        b__csv="订单号,退回\n1,是\n1,是\n",
    )
    found = read(folder, tmp_path / "s")
    assert rows(found, "order_id, returned", "returned_orders") == [("1", "是"), ("1", "是")]
    assert len(rows(found, "order_id")) == 1


def test_optional_tables_are_recognised_and_listed(tmp_path):
    folder = write(
        tmp_path / "raw", a__csv="客户编号,订单日期,销售额\nA,2024-01-05,7\n",
        b__csv="工单号,客户编号,报修时间,解决时间,问题类型\n1,A,2024-01-05,2024-01-06,质量\n",
        wallet__csv="客户编号,年度,年采购总额\nA,2024,100\n",
    )  # fmt: skip
    assert read(folder, tmp_path / "s").input_files["table_name"].tolist() == ["orders", "tickets", "wallet"]


def test_one_history_under_two_kinds_of_headers_stops(tmp_path):
    days = [(f"{n:05d}", f"2024-01-{1 + n % 28:02d}", f"{n * 1.25:.2f}") for n in range(120)]
    folder = write(
        tmp_path / "raw",
        master__csv="customer_id,date,dollar_value\n" + "".join(f"{c},{d},{v}\n" for c, d, v in days),
        sample__csv="masterid,date,sales\n"
        + "".join(f"{int(c)},{d.replace('-', '')},{v}\n" for c, d, v in days[10:]),
    )
    with pytest.raises(DataError, match=exactly(
        "sample.csv: 110 of its 110 lines stand under other headers in master.csv too, so that they would count twice. "
        "Set source.path to one of them, or leave one out with source.tables: {sample.csv: unused}.")):  # fmt: skip
        read(folder, tmp_path / "s")
    assert len(rows(read(folder, tmp_path / "t", tables={"sample.csv": "unused"}), "*")) == 120


def test_blank_fields_of_later_lines_are_filled_within_their_order_only(tmp_path):
    content = (
        "Name,Email,Created at,Total,Lineitem quantity,Lineitem name,Lineitem price\n"
        "#1,a@x,2024-01-05,30,1,tea,10\n#1,,,,2,cup,10\n#2,b@x,2024-01-06,5,1,tea,5\n#3,,,,1,cup,1\n"
    )
    found = read(write(tmp_path / "raw", a__csv=content), tmp_path / "s")
    assert rows(found, "order_id, customer_id, order_date, amount, qty") == [
        ("#1", "a@x", "2024-01-05", None, "1"), ("#1", "a@x", "2024-01-05", None, "2"),
        ("#2", "b@x", "2024-01-06", None, "1"), ("#3", None, None, None, "1")]  # fmt: skip
    assert [(note.kind, note.count) for note in found.notes] == [("filled_down", 1)]


def test_the_number_that_is_one_for_each_person_is_the_customer(tmp_path):
    folder = write(
        tmp_path / "raw",
        orders__csv="order_id,customer_id,order_status,order_purchase_timestamp\no1,c1,delivered,2017-10-02\no2,c2,delivered,2017-10-03\n",
        items__csv="order_id,order_item_id,product_id,price\no1,1,p,5\no2,1,p,6\n",
        customers__csv="customer_id,customer_unique_id,customer_state\nc1,u1,SP\nc2,u1,SP\n",
    )
    with pytest.raises(
        DataError,
        match=r"^items\.csv: .* If each line is one unit, write source\.columns: \{price: amount\} in params\.yaml\.$",
    ):
        read(folder, tmp_path / "s")
    found = read(folder, tmp_path / "t", columns={"price": "amount"})
    assert rows(found, "order_id, customer_id, amount, region") == [
        ("o1", "u1", "5", "SP"),
        ("o2", "u1", "6", "SP"),
    ]
    assert ("one_person", 1) in [(note.kind, note.count) for note in found.notes]
