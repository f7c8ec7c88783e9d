"""How the export that all programs read is written, and the columns that all of them write."""

NOTHING = ["", "NULL"]
TIME_FORMAT = "%Y-%m-%d %H:%M"
DAY_FORMATS = ("%Y/%m/%d", "%Y年%m月%d日", "%Y-%m-%d")
DAY_FIRST, MONTH_FIRST = "%d/%m/%Y", "%m/%d/%Y"
MONTHS = 12
FULL_WIDTH = ("０１２３４５６７８９．", "0123456789.")
MONEY, QUANTITY, SHARE = 10_000, 1_000, 10_000
LABELS = ["category", "region", "channel"]
CONTENT = ["customer_id", "order_id", "order_date", "order_hour", "product_id", "qty_e3", "unit_price_e4", "raw_amount_e4"]
REJECTED = ["row_no", "rule", "seen", "customer_id", "order_id", "product_id", "order_date", "qty_e3", "raw_amount_e4"]
