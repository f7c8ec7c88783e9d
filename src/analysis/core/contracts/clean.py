"""Tables that the clean stage writes and every other stage reads."""

from __future__ import annotations

from analysis.core.contracts.schema import Column, Table, Words

LINE_KINDS = ("sale", "return", "free")
SUSPECT_ISSUES = ("price_times_hundred", "qty_times_hundred", "cost_unit", "one_name_two_ids", "one_id_two_names", "one_group")

CUSTOMER_ID = Column("customer_id", "text", Words("Customer", "客户编号"), "The customer, as the export names it.")
CUSTOMER_NAME = Column(
    "customer_name", "text", Words("Customer", "客户"), "Name of the customer, its id where there is no name."
)
ORDER_DATE = Column("order_date", "date", Words("Order date", "下单日期"), "Day of the order.")
_FILE = Column("file_no", "int", Words("File", "文件序号"), "File or sheet, as numbered in input_files.", low=1)
_ROW = Column("row_no", "int", Words("Row", "行号"), "Line of the text file, or row of the sheet.", low=1)
_RULE = Column("rule", "text", Words("Rule", "规则"), "Rule of the cleaning that decided on the line.")


def _text(name: str, en: str, zh: str, meaning: str) -> Column:
    return Column(name, "text", Words(en, zh), meaning, nullable=True)


ORDER_LINES = Table(
    "order_lines",
    "one accepted order line",
    ("file_no", "row_no"),
    (
        _FILE,
        _ROW,
        CUSTOMER_ID,
        _text("customer_name", "Customer name", "客户名称", "Name of the customer on this line."),
        ORDER_DATE,
        Column("order_hour", "int", Words("Hour", "下单时刻"), "Hour of the order.", "hour", 0, 23, nullable=True),
        _text("order_id", "Order", "订单号", "Order as the export names it."),
        _text("product_id", "Product", "产品编号", "Product, by its code, else by its name."),
        _text("product_name", "Product name", "产品名称", "Name of the product."),
        _text("category", "Category", "品类", "Category of the product."),
        _text("region", "Region", "地区", "Region of the order."),
        _text("channel", "Channel", "渠道", "Channel of the order."),
        _text("sales_rep", "Sales rep", "业务员", "Who sold it."),
        _text("industry", "Industry", "行业", "Industry of the customer."),
        Column("line_kind", "text", Words("Kind", "行类型"), "Sale, return or free of charge.", values=LINE_KINDS),
        Column("is_pseudo_customer", "bool", Words("Many people", "散客"), "The id stands for many people."),
        Column("qty_e3", "int", Words("Quantity", "数量"), "Quantity; negative for returns.", "1/1000", nullable=True),
        Column("unit_price_e4", "money_e4", Words("Unit price", "单价"), "Price of one unit.", nullable=True),
        Column("discount_e4", "int", Words("Discount", "折扣"), "Share taken off the price.", "1/10000", nullable=True),
        Column("raw_amount_e4", "money_e4", Words("Amount as written", "原始金额"), "Amount as the export has it."),
        Column("amount_e4", "money_e4", Words("Amount", "金额"), "Net amount of the line; negative for returns."),
        Column("contribution_e4", "money_e4", Words("Contribution", "毛利"),
               "Amount less cost of goods, or the profit that the export carries.", nullable=True),
        Column("promised_date", "date", Words("Promised date", "承诺交期"), "Day by which delivery was promised.", nullable=True),
        Column("delivered_date", "date", Words("Delivery date", "发货日期"), "Day of the delivery; missing where it comes after as_of.",
               nullable=True),
        Column("due_pay_date", "date", Words("Payment due", "到期日"), "Day by which payment is due.", nullable=True),
        Column("paid_date", "date", Words("Paid date", "收款日期"), "Day of the payment; missing where it comes after as_of.", nullable=True),
    ),
)  # fmt: skip

REJECTED_LINES = Table(
    "rejected_lines",
    "one line of the export that is not used, with the rule that removed it",
    ("file_no", "row_no"),
    (
        _FILE,
        _ROW,
        _RULE,
        _text("seen", "Seen", "原值", "The value that broke the rule, cut short; never a customer's name."),
        _text("customer_id", "Customer", "客户编号", "Customer as written."),
        _text("order_id", "Order", "订单号", "Order as written."),
        _text("product_id", "Product", "产品编号", "Product as written."),
        Column("order_date", "date", Words("Order date", "下单日期"), "Day of the order.", nullable=True),
        Column("qty_e3", "int", Words("Quantity", "数量"), "Quantity where it can be read.", nullable=True),
        Column("raw_amount_e4", "money_e4", Words("Amount as written", "原始金额"),
               "Amount where it can be read.", nullable=True),
    ),
)  # fmt: skip

CLEANING_STEPS = Table(
    "cleaning_steps",
    "one rule of the cleaning in its order, with lines and money before and after",
    ("step",),
    (
        Column("step", "int", Words("Step", "步骤"), "Order in which the rules are applied.", low=1),
        _RULE,
        Column("action", "text", Words("Action", "处理"), "What the rule does to a line.",
               values=("remove", "set_aside", "convert", "keep_apart")),
        Column("lines_before", "int", Words("Lines before", "处理前行数"), "Lines the rule saw.", low=0),
        Column("lines_hit", "int", Words("Lines", "命中行数"), "Lines the rule decided on.", low=0),
        Column("lines_after", "int", Words("Lines after", "处理后行数"), "Lines left.", low=0),
        Column("amount_before_e4", "money_e4", Words("Amount before", "处理前金额"), "Money before the rule."),
        Column("amount_hit_e4", "money_e4", Words("Amount", "命中金额"), "Money of the lines the rule decided on."),
        Column("amount_after_e4", "money_e4", Words("Amount after", "处理后金额"), "Money left."),
        Column("first_date", "date", Words("From", "起"), "First day among the lines.", nullable=True),
        Column("last_date", "date", Words("To", "止"), "Last day among the lines.", nullable=True),
    ),
)  # fmt: skip

INPUT_PROFILE = Table(
    "input_profile",
    "one column of the order lines as they were read, before any rule",
    ("column",),
    (
        Column("column", "text", Words("Column", "列"), "Canonical column."),
        Column("filled", "int", Words("Filled", "非空"), "Lines with a value.", low=0),
        Column("missing", "int", Words("Missing", "缺失"), "Lines without a value.", low=0),
        Column("distinct_values", "int", Words("Distinct", "不同值"), "Different values.", low=0),
    ),
)

INPUT_FILES = Table(
    "input_files",
    "one file or sheet of the source",
    ("file_no",),
    (
        _FILE,
        Column("source_file", "text", Words("File", "文件"), "Name within the source, with its sheet."),
        Column("table_name", "text", Words("Read as", "识别为"), "Table it was read as, or why it was not read."),
        Column("rows_read", "int", Words("Rows", "行数"), "Rows of data found.", low=0),
        Column("encoding", "text", Words("Encoding", "编码"), "How its text is coded.", nullable=True),
        Column("header_row", "int", Words("Header row", "表头行"), "Row of the header.", low=0, nullable=True),
        Column("sha256", "text", Words("Fingerprint", "指纹"), "SHA-256 of the file."),
        _text("note", "Remark", "说明", "What a reader should know about it."),
    ),
)

COLUMN_MAP = Table(
    "column_map",
    "one column of one file, and what it was read as",
    ("file_no", "position"),
    (
        _FILE,
        Column("position", "int", Words("Position", "列序"), "Place of the column in its file.", low=1),
        Column("header", "text", Words("Header", "原表头"), "Header as written."),
        _text("column", "Read as", "识别为", "Canonical column; missing where it is not used."),
        Column("factor", "float", Words("Factor", "单位换算"), "What its values are multiplied by.", low=0),
        _text("note", "Remark", "说明", "Why it is not used, or what else it could be."),
    ),
)

CUSTOMERS = Table(
    "customers",
    "one customer with accepted lines, pseudo-customers included",
    ("customer_id",),
    (
        CUSTOMER_ID,
        CUSTOMER_NAME,
        _text("region", "Region", "地区", "Region of most of its lines."),
        _text("industry", "Segment", "行业", "Industry or segment as the source gives it."),
        _text("sales_rep", "Sales rep", "业务员", "Sales rep of its latest line that names one."),
        Column("is_pseudo_customer", "bool", Words("Many people", "散客"), "The id stands for many people."),
        Column("first_order_date", "date", Words("First order", "首单日期"), "Day of the first line."),
        Column("last_order_date", "date", Words("Last order", "末单日期"), "Day of the last line."),
    ),
)

CUSTOMER_DAYS = Table(
    "customer_days",
    "one customer on one day on which it bought: the purchase occasions; pseudo-customers are left out",
    ("customer_id", "order_date"),
    (
        CUSTOMER_ID,
        ORDER_DATE,
        Column("orders", "int", Words("Orders", "订单数"), "Orders of that day.", low=1),
        Column("lines", "int", Words("Lines", "行数"), "Lines bought that day.", low=1),
        Column("bought_e4", "money_e4", Words("Bought", "购买额"), "Sales of the day before any return."),
        Column("returned_e4", "money_e4", Words("Returned", "退货额"),
               "Part of bought_e4 that came back by as_of.", low=0),
        Column("contribution_e4", "money_e4", Words("Contribution", "毛利"),
               "Contribution of what stayed, missing unless every line has one.", nullable=True),
    ),
)  # fmt: skip

CUSTOMER_RETURNS = Table(
    "customer_returns",
    "part of a purchase day that came back on a later day",
    ("customer_id", "order_date", "return_date"),
    (
        CUSTOMER_ID,
        ORDER_DATE,
        Column("return_date", "date", Words("Return date", "退货日期"), "Day of the return."),
        Column("returned_e4", "money_e4", Words("Returned", "退货额"), "Its value at the price of the purchase.", low=0),
        Column("contribution_e4", "money_e4", Words("Contribution", "毛利"),
               "Contribution that went back with it.", nullable=True),
    ),
)  # fmt: skip

CUSTOMER_MONTHS = Table(
    "customer_months",
    "one customer in one month, as booked: returns count in the month in which they came back",
    ("customer_id", "month"),
    (
        CUSTOMER_ID,
        Column("month", "date", Words("Month", "月份"), "First day of the month."),
        Column("orders", "int", Words("Orders", "订单数"), "Orders of the month.", low=0),
        Column("lines", "int", Words("Lines", "行数"), "Lines of the month.", low=1),
        Column("return_lines", "int", Words("Returns", "退货行数"), "Lines that are returns.", low=0),
        Column("loss_lines", "int", Words("Loss-making lines", "亏损行数"),
               "Lines with a contribution below zero.", low=0),
        Column("qty_e3", "int", Words("Quantity", "数量"), "Quantity, returns deducted.", nullable=True),
        Column("revenue_e4", "money_e4", Words("Revenue", "收入"), "Sum of the lines' amounts."),
        Column("contribution_e4", "money_e4", Words("Contribution", "毛利"),
               "Sum of the lines' contributions where known.", nullable=True),
        Column("costed_revenue_e4", "money_e4", Words("Costed revenue", "有成本收入"),
               "Revenue of the lines whose contribution is known."),
    ),
)  # fmt: skip

SUSPECTS = Table(
    "suspects",
    "something that looks wrong and that only the reader can settle; it counts as it is written",
    ("suspect_no",),
    (
        Column("suspect_no", "int", Words("No.", "序号"), "Number within the table.", low=1),
        Column("issue", "text", Words("What", "问题"), "What looks wrong.", values=SUSPECT_ISSUES),
        Column("customer_id", "text", Words("Customer", "客户编号"), "The customer it is about.", nullable=True),
        Column("other_id", "text", Words("Other customer", "另一客户编号"), "The customer it may be one with.", nullable=True),
        Column("product_id", "text", Words("Product", "产品编号"), "The product it is about.", nullable=True),
        Column("file_no", "int", Words("File", "文件序号"), "File of the line, as numbered in input_files.", low=1, nullable=True),
        Column("row_no", "int", Words("Row", "行号"), "Row of the line.", low=1, nullable=True),
        Column("seen", "float", Words("Seen", "现值"), "Price, quantity, or cost as a share of sales.", nullable=True),
        Column("usual", "float", Words("Usual", "常见值"), "The same as it usually is, or the largest other one.", nullable=True),
        Column("amount_e4", "money_e4", Words("Sales", "销售额"), "Sales of the line, the product or the customer."),
    ),
)  # fmt: skip

CAPABILITIES = Table(
    "capabilities",
    "one capability of the workbook and whether this data supports it",
    ("capability",),
    (
        Column("capability", "text", Words("Capability", "能力"), "Its id in the specification."),
        Column("status", "text", Words("Status", "状态"), "Whether it runs.",
               values=("available", "not_available", "not_built")),
        Column("reason", "text", Words("Reason", "原因"), "Why it does not run; empty where it does."),
        Column("missing", "text", Words("Missing", "缺少"), "Tables and columns it lacks; empty where none."),
        Column("would_enable", "text", Words("Would give", "可得到"), "What it would add."),
    ),
)  # fmt: skip

OPTIONAL_TABLES = Table(
    "optional_tables",
    "one optional table that the source brings, and how many of its rows count",
    ("table_name",),
    (
        Column("table_name", "text", Words("Table", "表"), "Name of the table."),
        Column("files", "int", Words("Files", "文件数"), "Files and sheets it was read from.", low=1),
        Column("rows_read", "int", Words("Rows", "行数"), "Rows found.", low=0),
        Column("accepted", "int", Words("Used", "采用"), "Rows that count.", low=0),
        Column("unreadable", "int", Words("Not readable", "无法分列"), "Rows that cannot be cut into columns.", low=0),
        Column("incomplete", "int", Words("Incomplete", "不完整"), "Rows without what makes them say something.", low=0),
        Column("after_as_of", "int", Words("Later", "晚于截止日"), "Rows dated after the last day that counts.", low=0),
        Column("duplicates", "int", Words("Duplicates", "重复"), "Rows whose key another row has.", low=0),
        Column("bad_cells", "int", Words("Bad cells", "无法识别的单元格"), "Cells that cannot be read; they stay empty.", low=0),
        Column("first_date", "date", Words("From", "起"), "First day among the rows that count.", nullable=True),
        Column("last_date", "date", Words("To", "止"), "Last day among the rows that count.", nullable=True),
        Column("customers", "int", Words("Customers", "客户数"), "Customers it names.", low=0, nullable=True),
        Column("unknown_customers", "int", Words("Unknown", "未知客户"),
               "Customers it names that have no order lines; their rows are kept.", low=0, nullable=True),
        Column("coverage", "ratio", Words("Coverage", "收入覆盖率"),
               "Share of the active customers' revenue whose customers it names.", low=0, high=1, nullable=True),
    ),
)  # fmt: skip

OPTIONAL_REMARKS = Table(
    "optional_remarks",
    "one value of an optional table that is not used as written, with its first place",
    ("table_name", "issue", "column_name", "seen"),
    (
        Column("table_name", "text", Words("Table", "表"), "Name of the table."),
        Column("issue", "text", Words("What", "问题"), "Why the value or the row is remarked on.",
               values=("unreadable_cell", "not_known_yet", "after_as_of", "duplicate", "incomplete", "unknown_customer", "unknown_word")),
        Column("column_name", "text", Words("Column", "列"), "Column of the contract, or the columns of the key."),
        Column("seen", "text", Words("Seen", "原值"), "The value, cut short; empty where the rows are only counted."),
        Column("rows", "int", Words("Rows", "行数"), "Rows with that value.", low=1),
        _FILE,
        _ROW,
    ),
)  # fmt: skip

RUN_FACTS = Table(
    "run_facts",
    "the one row of facts that all stages share",
    ("as_of",),
    (
        Column("as_of", "date", Words("As of", "截至"), "Last day that counts."),
        Column("first_date", "date", Words("Data from", "数据起始"), "First day with an accepted line."),
        Column("last_date", "date", Words("Data to", "数据截止"), "Last day with a plausible line in the source."),
        Column("currency", "text", Words("Currency", "币种"), "Currency of every amount."),
        Column("value_name", "text", Words("Value", "价值口径"), "What value means in this run.",
               values=("contribution", "revenue")),
        Column("costed_share", "ratio", Words("Costed share", "有成本占比"),
               "Share of revenue whose contribution is known.", low=0, high=1),
        Column("occasion_rule", "text", Words("Occasion", "购买次数口径"), "What counts as one order.",
               values=("order_id", "customer_date")),
        Column("shared_order_ids", "int", Words("Shared order ids", "共用订单号"),
               "Order ids that several customers share.", low=0),
        Column("order_ids", "int", Words("Order ids", "订单号数"), "Different order ids.", low=0),
        Column("date_order", "text", Words("Date order", "日期顺序"), "Order of day and month in written dates."),
        Column("tied_returns_e4", "money_e4", Words("Tied returns", "已匹配退货"), "Returns tied to a purchase."),
        Column("untied_returns_e4", "money_e4", Words("Untied returns", "未匹配退货"), "Returns without a purchase."),
        Column("data_sha256", "text", Words("Data fingerprint", "数据指纹"), "Fingerprint of all files read."),
    ),
)  # fmt: skip
