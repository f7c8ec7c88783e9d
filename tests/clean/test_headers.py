"""Headers of many systems and languages mean one canonical column each."""

from itertools import pairwise

import pytest
from reading import exactly, mapped, read, rows, write

from analysis.clean.headers import heading, match, normal
from analysis.core.contracts import inputs
from analysis.core.contracts.optional_inputs import OPTIONAL
from analysis.core.errors import DataError, ParamsError

TABLES = (
    inputs.ORDERS,
    inputs.PRODUCTS,
    inputs.CUSTOMERS,
    inputs.CATEGORIES,
    inputs.RETURNED_ORDERS,
    *OPTIONAL.values(),
)

EXPORTS = {
    "online retail": "InvoiceNo>order_id StockCode>product_id Description>product_name Quantity>qty InvoiceDate>order_date "
    "UnitPrice>unit_price CustomerID>customer_id Country>region",
    "superstore": "Row_ID>line_id Order_ID>order_id Order_Date>order_date Ship_Date>delivered_date Ship_Mode> Customer_ID>customer_id "
    "Customer_Name>customer_name Segment>industry Country> City> State> Region>region Product_ID>product_id Category>category "
    "Sub-Category> Product_Name>product_name Sales>amount Quantity>qty Discount>discount Profit>contribution",
    "sample sales": "ORDERNUMBER>order_id QUANTITYORDERED>qty PRICEEACH>unit_price ORDERLINENUMBER>line_id SALES>amount ORDERDATE>order_date "
    "STATUS>status QTR_ID> PRODUCTLINE>category MSRP>list_price PRODUCTCODE>product_id CUSTOMERNAME>customer_name PHONE> CITY> TERRITORY>region",
    "adventure works": "ProductKey>product_id OrderDateKey> CustomerKey>customer_id SalesOrderNumber>order_id "
    "OrderQuantity>qty UnitPrice>unit_price TotalProductCost>cost_amount SalesAmount>amount TaxAmt>tax_amount Freight>freight "
    "OrderDate>order_date DueDate>promised_date ShipDate>delivered_date",
    "sap": "KUNNR>customer_id NAME1>customer_name VBELN>order_id POSNR>line_id FKDAT>order_date MATNR>product_id MAKTX>product_name FKIMG>qty "
    "NETWR>amount WAERS>currency VTWEG>channel",
    "yonyou": "cSOCode>order_id dDate>order_date cCusCode>customer_id cCusName>customer_name cInvCode>product_id cInvName>product_name "
    "iQuantity>qty iSum>amount cPersonCode>sales_rep cDepCode>department",
    "kingdee": "单据编号>order_id 日期>order_date 购货单位>customer_name 产品代码>product_id 产品名称>product_name 数量>qty 单价>unit_price "
    "价税合计>amount 业务员>sales_rep 部门>department",
    "taobao": "订单编号>order_id 买家会员名>customer_id 买家实际支付金额>paid_amount 订单状态>status 收货地址>region 订单创建时间>order_date "
    "订单付款时间>paid_date 宝贝标题>product_name 宝贝总数量>qty 店铺名称>channel 总金额>amount 退款金额>refund_amount",
    "shopify": "Name>order_id Email>customer_id Financial_Status>status Paid_at>paid_date Subtotal> Total> Discount_Amount> "
    "Created_at>order_date Lineitem_quantity>qty Lineitem_name>product_name Lineitem_price>unit_price Lineitem_sku>product_id",
    "german": "Kundennummer>customer_id Kundenname>customer_name Belegnummer>order_id Belegdatum>order_date Artikelnummer>product_id "
    "Bezeichnung>product_name Menge>qty Einzelpreis>unit_price Umsatz>amount Vertreter>sales_rep",
    "french": "Code_client>customer_id Nom_client>customer_name N°_facture>order_id Date_facture>order_date Référence>product_id "
    "Désignation>product_name Quantité>qty Prix_unitaire>unit_price Montant_HT>amount Remise>discount",
    "spanish": "Código_cliente>customer_id Nombre_cliente>customer_name Nº_factura>order_id Fecha_factura>order_date Descripción>product_name "
    "Cantidad>qty Precio_unitario>unit_price Importe>amount Vendedor>sales_rep",
    "pinduoduo": "商品>product_name 订单号>order_id 订单状态>status 商品总价(元)> 邮费(元)>freight 用户实付金额(元)>paid_amount 商家实收金额(元)>amount "
    "商品数量(件)>qty 支付时间>order_date 商品id>product_id 收货人> 手机>customer_id 省>region 发货时间>delivered_date",
    "unlisted but plain": "SO_Date>order_date SO_No.>order_id Cust._Code>customer_id Cust._Name>customer_name Item_Desc>product_name Qty_Shipped>qty "
    "Ext._Amount>amount GP>contribution",
    "pharmacy": "流水号>order_id 社保卡号>customer_id 商品编码>product_id 商品名称>product_name 销售数量>qty 应收金额> 实收金额>amount 购药时间>order_date",
    "portuguese": "Data_da_Venda>order_date Nº_Pedido>order_id Cód._Cliente>customer_id Cliente>customer_name Produto>product_name Qtde>qty "
    "Preço_Unitário>unit_price Valor_Total>amount Vendedor>sales_rep UF>region",
    "date and time apart": "transaction_date>order_date transaction_time> transaction_id>order_id loyalty_card_id>customer_id unit_price>unit_price "
    "transaction_qty>qty product_detail>product_name",
    "japanese": "顧客ID>customer_id 注文日>order_date 注文番号>order_id 商品コード>product_id 数量>qty 単価>unit_price 売上金額>amount 担当者>sales_rep",
}  # fmt: skip


@pytest.mark.parametrize("export", EXPORTS)
def test_headers_of_a_known_system_find_their_columns(export):
    pairs = [pair.replace("_", " ").split(">") for pair in EXPORTS[export].split()]
    found = match(
        [header for header, _ in pairs],
        inputs.ORDERS,
        {},
        basis=None,
        must_be_one=("customer_id", "order_date", "amount"),
    )
    assert {claim.header: claim.column or "" for claim in found.claims} == {
        header: column.replace(" ", "_") for header, column in pairs
    }
    assert not found.faults


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_header_stands_for_two_columns_of_a_table(table):
    pairs = sorted(
        (normal(alias), column.name) for column in table.columns for alias in set(map(normal, column.aliases))
    )
    assert [(a, b) for a, b in pairwise(pairs) if a[0] == b[0]] == []


def test_every_weak_header_belongs_to_a_column():
    assert set(inputs.WEAK) <= set(inputs.ORDERS.by_name)


@pytest.mark.parametrize(
    ("written", "bare", "factor", "currency"),
    [
        ("金额(万元)", "金额", 10_000, "CNY"),
        ("销售额（元）", "销售额", 1, "CNY"),
        ("Sales ($k)", "sales", 1_000, "USD"),
        ("Net sales (USD 000)", "netsales", 1_000, "USD"),
        ("Revenue [€ million]", "revenue", 1_000_000, "EUR"),
        ("销售额_百万元", "销售额", 1_000_000, "CNY"),
        ("金额(万美元)", "金额", 10_000, "USD"),
        ("数量(千件)", "数量", 1_000, None),
        ("数量(个)", "数量", 1, None),
        ("Amount in thousands", "amount", 1_000, None),
        ("営業利益（千円）", "営業利益", 1_000, "JPY"),
        ("客户（新）", "客户", 1, None),
    ],
)
def test_units_in_headers_are_kept(written, bare, factor, currency):
    found = heading(written)
    assert (found.bare, found.factor, found.currency) == (bare, factor, currency)


def test_full_width_case_and_punctuation_do_not_matter():
    assert {normal(text) for text in ("Order_ID", "order id", "ＯＲＤＥＲ　ＩＤ", "Order-Id:")} == {"orderid"}


def test_a_share_is_not_read_as_money():
    found = match(["Margin %", "Discount %", "Profit"], inputs.ORDERS, {}, basis=None)
    assert [(claim.column, claim.factor) for claim in found.claims] == [
        (None, 1),
        ("discount", 0.01),
        ("contribution", 1),
    ]


BARE = "客户编号,订单日期,金额\nC1,2024-01-05,7\n"


def test_a_bare_amount_stops_until_its_tax_is_settled(tmp_path):
    folder = write(tmp_path / "raw", erp__csv=BARE)
    with pytest.raises(DataError, match=exactly(
        "erp.csv: column 金额 could be amount with or without tax. Set source.amount_basis to 'taxed' or 'untaxed' in params.yaml.")):  # fmt: skip
        read(folder, tmp_path / "s")
    assert read(folder, tmp_path / "t", amount_basis="untaxed").amount_basis == "untaxed"
    assert mapped(read(folder, tmp_path / "u", columns={"金额": "amount"}))["金额"] == "amount"


def test_the_basis_chooses_between_amounts_with_and_without_tax(tmp_path):
    folder = write(tmp_path / "raw", erp__csv="客户编号,订单日期,含税金额,未税金额\nC1,2024-01-05,113,100\n")
    with pytest.raises(
        DataError,
        match=r"^erp\.csv: columns 含税金额 and 未税金额 are the amount with and without tax\. Set source\.amount_basis",
    ):
        read(folder, tmp_path / "s")
    assert rows(read(folder, tmp_path / "t", amount_basis="taxed"), "amount") == [("113",)]
    assert rows(read(folder, tmp_path / "u", amount_basis="untaxed"), "amount") == [("100",)]


def test_two_columns_for_one_required_column_stop_and_one_line_settles_it(tmp_path):
    folder = write(tmp_path / "raw", a__csv="客户编号,会员号,订单日期,销售额\nC1,V1,2024-01-05,7\n")
    with pytest.raises(DataError, match=exactly(
        "a.csv: columns 客户编号 and 会员号 could each be customer_id. "
        "Write source.columns: {客户编号: customer_id} in params.yaml, or name the other one.")):  # fmt: skip
        read(folder, tmp_path / "s")
    assert rows(read(folder, tmp_path / "t", columns={"会员号": "customer_id"}), "customer_id") == [("V1",)]


def test_everything_open_in_a_file_is_said_at_once(tmp_path):
    folder = write(tmp_path / "raw", a__csv="订单号,产品,订单日期,金额\nA1,x,2024-01-05,7\n")
    with pytest.raises(
        DataError,
        match=r"^a\.csv: no column for the customer; .*; column 金额 could be .*; Set source\.amount_basis",
    ):
        read(folder, tmp_path / "s")


def test_a_weak_header_gives_way_to_a_strong_one(tmp_path):
    content = "客户编号,下单时间,付款时间,日期,销售额\nC1,2024-01-05,2024-01-06,2024-01-07,7\n"
    found = read(write(tmp_path / "raw", a__csv=content), tmp_path / "s")
    assert mapped(found) == {
        "客户编号": "customer_id",
        "下单时间": "order_date",
        "付款时间": "paid_date",
        "销售额": "amount",
    }
    assert found.column_map.set_index("header")["note"]["日期"] == "also_claims:order_date"


def test_a_column_can_be_left_out(tmp_path):
    content = "客户编号,订单日期,销售额,区域\nC1,2024-01-05,7,华东\n"
    found = read(write(tmp_path / "raw", a__csv=content), tmp_path / "s", columns={"区域": "unused"})
    assert rows(found, "region") == [(None,)]


def test_typing_errors_in_params_do_not_pass(tmp_path):
    folder = write(tmp_path / "raw", a__csv="客户编号,订单日期,销售额\nC1,2024-01-05,7\n")
    with pytest.raises(
        ParamsError,
        match=r"source\.columns: 销售额 is given a column that does not exist, got 'amnt'\. The columns are order_id, ",
    ):
        read(folder, tmp_path / "s", columns={"销售额": "amnt"})
    with pytest.raises(
        ParamsError,
        match=r"source\.columns: no file of the source has this header, got '销售'\. Write it as the file does",
    ):
        read(folder, tmp_path / "t", columns={"销售": "amount"})
    with pytest.raises(
        ParamsError, match=r"source\.tables: no file or sheet of the source has this name, got 'b\.csv'\."
    ):
        read(folder, tmp_path / "u", tables={"b.csv": "products"})
    with pytest.raises(
        ParamsError, match=r"source\.tables: a\.csv is given a table that does not exist, got 'lines'\."
    ):
        read(folder, tmp_path / "v", tables={"a.csv": "lines"})


def test_titles_and_blank_rows_above_the_headers_are_passed_over(tmp_path):
    content = "某某公司销售报表,,\n\n制表日期:2024-02-01,,\n客户编号,订单日期,销售额\nC1,2024-01-05,7\n"
    found = read(write(tmp_path / "raw", a__csv=content), tmp_path / "s")
    assert found.input_files["header_row"].tolist() == [4]
    assert rows(found, "row_no, customer_id") == [(5, "C1")]


def test_a_header_cell_of_two_lines_is_one_header(tmp_path):
    content = '"客户\n编号",订单日期,销售额\nC1,2024-01-05,7\nC2\n'
    found = read(write(tmp_path / "raw", a__csv=content), tmp_path / "s")
    assert rows(found, "row_no, customer_id") == [(3, "C1")]
    assert rows(found, "row_no", "unreadable_lines") == [(4,)]


def test_headers_of_r_without_the_row_names_are_moved(tmp_path):
    content = '"customer_id","order_date","amount"\n"1","C1","2024-01-05",7\n"2","C2","2024-01-05",8\n'
    found = read(write(tmp_path / "raw", a__csv=content), tmp_path / "s")
    assert rows(found, "customer_id, amount") == [("C1", "7"), ("C2", "8")]


def test_a_delimiter_at_the_end_of_each_line_adds_no_column(tmp_path):
    found = read(
        write(
            tmp_path / "raw", a__csv="customer_id;order_date;amount\nC1;2024-01-05;7,5;\nC2;2024-01-05;8;\n"
        ),
        tmp_path / "s",
    )
    assert rows(found, "customer_id, amount") == [("C1", "7,5"), ("C2", "8")]


def test_a_file_without_headers_is_named_by_position(tmp_path):
    folder = write(
        tmp_path / "raw", s__txt=" 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n"
    )
    with pytest.raises(
        DataError, match=r"^s\.txt: 5 columns without headers.* by position, as \{\"1\": customer_id"
    ):
        read(folder, tmp_path / "s", header=False)
    found = read(
        folder,
        tmp_path / "t",
        header=False,
        columns={"1": "customer_id", "3": "order_date", "4": "qty", "5": "amount"},
    )
    assert rows(found, "row_no, customer_id, order_date, qty, amount")[0] == (
        1,
        "00004",
        "19970101",
        "2",
        "29.33",
    )
    with pytest.raises(DataError, match=r"^s\.txt: no row with known headers .* set source\.header to false"):
        read(folder, tmp_path / "u")


def test_headers_may_change_their_order_between_files_and_units_with_them(tmp_path):
    folder = write(
        tmp_path / "raw",
        a__csv="客户编号,订单日期,含税金额(万元)\nC1,2024-01-05,1\n",
        b__csv="含税金额(元),订单日期,客户编号\n10000,2024-01-06,C1\n",
    )
    found = read(folder, tmp_path / "s")
    factors = found.factors[found.factors["column"] == "amount"].set_index("file_no")["factor"]
    assert (factors[1], factors[2], found.amount_basis) == (10_000, 1, "taxed")


def test_cells_of_unused_columns_tell_equal_lines_apart(tmp_path):
    content = (
        "customer_id,order_date,amount,remark x\nC1,2024-01-05,7,a\nC1,2024-01-05,7,b\nC1,2024-01-05,7,a\n"
    )
    hashes = [
        value for (value,) in rows(read(write(tmp_path / "raw", a__csv=content), tmp_path / "s"), "rest_hash")
    ]
    assert hashes[0] == hashes[2] != hashes[1]
