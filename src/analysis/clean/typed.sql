{# Step 1: every text cell becomes a value or null; nothing is judged yet.

   Casts are guarded by a full-match pattern, because the engines' own casts accept different texts.
   A number is read as a double and rounded to an integer at once: exact up to 11 digits before the point. #}
{% set blank = "(|-|--|—|/|NULL|null|Null|NaN|nan|#N/A|#NULL!|N/A)" %}

{# Comparisons one by one: DuckDB makes a join of a longer IN. #}
{% macro text(column, more = []) %}CASE WHEN {% for word in ["", "NULL", "null", "NaN", "nan", "#N/A"] + more %}{{ column }} <> '{{ word }}'{% if not loop.last %} AND {% endif %}{% endfor %} THEN {{ column }} END{% endmacro %}

{# A cell that is not a plain number already: full-width signs, currency, thousands, brackets. translate() is slow. #}
{% macro narrow(column) %}CASE WHEN {{ matches(column, "[ -~¥€£元圆]*") }} THEN {{ column }}
   ELSE translate({{ column }}, '０１２３４５６７８９．，－−–（）￥＄％＋　', '0123456789.,---()¥$%+ ') END{% endmacro %}
{% macro bare(column) %}{{ without("(" ~ narrow("upper(" ~ column ~ ")") ~ ")",
   "[    \\x27¥$€£元圆]|CNY|RMB|USD|EUR|GBP|HKD|JPY|NT") }}{% endmacro %}

{% macro ungrouped(column) %}CASE WHEN file_no IN ({{ comma_files }}) THEN replace(replace({{ column }}, '.', ''), ',', '.')
   WHEN {{ matches(column, "[+(-]*[0-9]{1,3}(,[0-9]{2,4})+([.][0-9]*)?[)%-]?") }} THEN replace({{ column }}, ',', '')
   ELSE {{ column }} END{% endmacro %}

{% macro number(column) %}CASE
   WHEN {{ column }} IS NULL THEN NULL
   WHEN file_no NOT IN ({{ comma_files }}) AND {{ matches(column, "-?[0-9]{1,11}([.][0-9]{0,20})?") }} THEN CAST({{ column }} AS DOUBLE)
   WHEN file_no NOT IN ({{ comma_files }}) AND {{ matches(column, "[¥$€£ ]?[0-9]{1,3}(,[0-9]{2,4}){0,2}([.][0-9]{0,20})? ?|[¥$€£ ][0-9]{1,11}([.][0-9]{0,20})? ?") }}
     THEN CAST({{ without(column, "[¥$€£ ,]") }} AS DOUBLE)
   WHEN file_no NOT IN ({{ comma_files }}) AND {{ matches(column, "-?[0-9]{1,3}([.][0-9]{0,20})?%") }} THEN CAST(replace({{ column }}, '%', '') AS DOUBLE) / 100
   WHEN {{ matches(column, "-?[0-9]([.][0-9]{1,20})?[eE][+-]?(0?[0-9]|10)") }} THEN CAST({{ column }} AS DOUBLE)
   ELSE {{ signed("(" ~ ungrouped(bare(column)) ~ ")") }} END{% endmacro %}

{% macro signed(cell) %}CASE
   WHEN {{ matches(cell, "[+]?[0-9]{1,11}([.][0-9]{0,20})?") }} THEN CAST(replace({{ cell }}, '+', '') AS DOUBLE)
   WHEN {{ matches(cell, "-[0-9]{1,11}([.][0-9]{0,20})?") }} THEN CAST({{ cell }} AS DOUBLE)
   WHEN {{ matches(cell, "[(][0-9]{1,11}([.][0-9]{0,20})?[)]|[0-9]{1,11}([.][0-9]{0,20})?-") }} THEN -CAST({{ without(cell, "[()-]") }} AS DOUBLE)
   WHEN {{ matches(cell, "-?[0-9]{1,3}([.][0-9]{0,20})?%") }} THEN CAST(replace({{ cell }}, '%', '') AS DOUBLE) / 100
   END{% endmacro %}

{% macro scaled(value, factor) %}CASE WHEN abs({{ value }}) * {{ factor }} < 9e15 THEN CAST(round({{ value }} * {{ factor }}) AS BIGINT) END{% endmacro %}

{# The day part of a cell as ISO text. Two-digit years belong to the century from 1970 to 2069. #}
{% macro year(digits) %}CASE WHEN length({{ digits }}) = 4 THEN {{ digits }} WHEN {{ digits }} < '70' THEN '20' || {{ digits }} ELSE '19' || {{ digits }} END{% endmacro %}
{% macro iso(year_, month_, day_) %}({{ year_ }} || '-' || lpad({{ month_ }}, 2, '0') || '-' || lpad({{ day_ }}, 2, '0')){% endmacro %}
{% macro month_number(name) %}CAST({{ whole("instr('JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC', upper(" ~ name ~ ")) + 2", "3") }} AS STRING){% endmacro %}
{% set nobody = ["-", "--", "—", "/", "N/A", "无", "未知", "不详"] %}
{% set texts = ["customer_id", "customer_name", "order_id", "line_id", "product_id", "product_name", "category", "region", "channel",
  "sales_rep", "industry", "currency", "line_type", "status"] %}
{% set ymd = "([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?([ T].*)?" %}
{% set dmy = "([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})([ T].*)?" %}
{% set xxy = "([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4}|[0-9]{2})([ T].*)?" %}

WITH cells AS (
  SELECT file_no, row_no, rest_hash, amount, qty, unit_price, discount, unit_cost, cost_amount, contribution, {{ trimmed("order_date") }} AS date_cell,
    {% for column in texts %}{{ trimmed(column) }} AS {{ column }}{% if not loop.last %}, {% endif %}{% endfor %}

  FROM lines
),
dated AS (
  SELECT *,
    CASE
      WHEN {{ matches("date_cell", "[0-9]{4}-[0-9]{2}-[0-9]{2}([ T].*)?") }} THEN substr(date_cell, 1, 10)
      WHEN {{ matches("date_cell", ymd) }} THEN {{ arranged("date_cell", ymd, "1-2-3") }}
      WHEN {{ matches("date_cell", "(19|20)[0-9]{6}([0-9]{4}|[0-9]{6})?([.]0)?") }}
        THEN {{ iso("substr(date_cell, 1, 4)", "substr(date_cell, 5, 2)", "substr(date_cell, 7, 2)") }}
      WHEN file_no IN ({{ day_first_files }}) AND {{ matches("date_cell", dmy) }} THEN {{ arranged("date_cell", dmy, "3-2-1") }}
      WHEN file_no IN ({{ month_first_files }}) AND {{ matches("date_cell", dmy) }} THEN {{ arranged("date_cell", dmy, "3-1-2") }}
      WHEN {{ matches("date_cell", xxy) }} AND file_no IN ({{ day_first_files }})
        THEN {{ iso(year(part("date_cell", xxy, 3)), part("date_cell", xxy, 2), part("date_cell", xxy, 1)) }}
      WHEN {{ matches("date_cell", xxy) }} AND file_no IN ({{ month_first_files }})
        THEN {{ iso(year(part("date_cell", xxy, 3)), part("date_cell", xxy, 1), part("date_cell", xxy, 2)) }}
      WHEN {{ matches("date_cell", "[０-９]{4}[-/.年－／．][０-９]{1,2}[-/.月－／．][０-９]{1,2}日?") }}
        THEN {{ arranged("translate(date_cell, '０１２３４５６７８９－／．', '0123456789-/.')", ymd, "1-2-3") }}
    END AS iso_day
  FROM cells
),
named AS (
  SELECT *,
    CASE WHEN iso_day IS NULL AND {{ matches("date_cell", "[2-7][0-9]{4}([.][0-9]+)?") }} THEN CAST(floor(CAST(date_cell AS DOUBLE)) AS BIGINT) END AS serial_day,
    CASE
      WHEN iso_day IS NULL AND {{ matches("date_cell", "[0-9]{1,2}[ -][A-Za-z]{3,9}[ ,-]+[0-9]{4}.*") }}
        THEN {{ part("date_cell", "^([0-9]{1,2})", 1) }}
      WHEN iso_day IS NULL AND {{ matches("date_cell", "[A-Za-z]{3,9} [0-9]{1,2}[ ,]+[0-9]{4}.*") }}
        THEN {{ part("date_cell", "^[A-Za-z]+ ([0-9]{1,2})", 1) }}
    END AS named_day
  FROM dated
),
valued AS (
  SELECT file_no, row_no,
    CASE WHEN {{ matches("customer_id", "[0-9]+[.]0") }} THEN {{ without("customer_id", "[.]0$") }} ELSE {{ text("customer_id", nobody) }} END AS customer_id,
    {{ text("customer_name", nobody) }} AS customer_name,
    {{ text("order_id") }} AS order_id,
    {{ text("line_id") }} AS line_id,
    {{ text("product_id") }} AS product_code,
    {{ text("product_name") }} AS product_name,
    {{ text("category") }} AS category,
    {{ text("region") }} AS region,
    {{ text("channel") }} AS channel,
    {{ text("sales_rep") }} AS sales_rep,
    {{ text("industry") }} AS industry,
    {{ text("currency") }} AS currency,
    lower({{ text("line_type") }}) AS line_type,
    lower({{ text("status") }}) AS status,
    rest_hash,
    date_cell,
    CASE
      WHEN iso_day IS NOT NULL THEN {{ to_date("iso_day") }}
      WHEN serial_day IS NOT NULL THEN {{ from_serial("serial_day") }}
      WHEN named_day IS NOT NULL THEN {{ to_date(iso(part("date_cell", "([0-9]{4})", 1), month_number(part("date_cell", "([A-Za-z]{3})", 1)), "named_day")) }}
    END AS order_date,
    CASE
      WHEN instr(date_cell, ':') > 0 AND {{ matches("date_cell", ".*[0-9日][ T]([01]?[0-9]|2[0-3]):[0-5][0-9].*") }}
        THEN CAST({{ part("date_cell", "[ T]([0-9]{1,2}):", 1) }} AS BIGINT)
          + CASE WHEN {{ matches("date_cell", ".*[ 0-9][Pp][Mm]") }} AND {{ part("date_cell", "[ T]([0-9]{1,2}):", 1) }} <> '12' THEN 12
                 WHEN {{ matches("date_cell", ".*[ 0-9][Aa][Mm]") }} AND {{ part("date_cell", "[ T]([0-9]{1,2}):", 1) }} = '12' THEN -12 ELSE 0 END
    END AS hour_read,
    amount AS amount_cell,
    {{ number("amount") }} AS amount_read,
    {{ number("qty") }} AS qty_read,
    {{ number("unit_price") }} AS price_read,
    {{ number("discount") }} AS discount_read,
    {{ number("unit_cost") }} AS unit_cost_read,
    {{ number("cost_amount") }} AS cost_read,
    {{ number("contribution") }} AS contribution_read
  FROM named
),
scaled AS (
  SELECT v.*,
    {{ scaled("amount_read", "f.amount * 10000") }} AS written_e4,
    {{ scaled("qty_read", "f.qty * 1000") }} AS qty_e3,
    {{ scaled("price_read", "f.unit_price * 10000") }} AS unit_price_e4,
    {{ scaled("(discount_read / f.discount_scale)", "10000") }} AS discount_e4,
    {{ scaled("unit_cost_read", "f.unit_cost * 10000") }} AS unit_cost_e4,
    {{ scaled("cost_read", "f.cost_amount * 10000") }} AS cost_e4,
    {{ scaled("contribution_read", "f.contribution * 10000") }} AS profit_e4
  FROM valued v JOIN file_factors f ON v.file_no = f.file_no
)
SELECT file_no, row_no,
  coalesce(customer_id, customer_name) AS customer_id, customer_name, order_id, line_id,
  CASE WHEN {{ matches("coalesce(product_code, product_name)", ".*[a-z].*") }}
    THEN translate(coalesce(product_code, product_name), 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')
    ELSE coalesce(product_code, product_name) END AS product_id,
  product_name, category, region, channel, sales_rep, industry, currency, line_type, status, rest_hash,
  date_cell, order_date, CASE WHEN hour_read BETWEEN 0 AND 23 THEN hour_read END AS order_hour,
  amount_cell, qty_e3, unit_price_e4, discount_e4, unit_cost_e4, cost_e4, profit_e4,
  coalesce(written_e4, CASE WHEN {{ matches("coalesce(" ~ trimmed("amount_cell") ~ ", '')", blank) }} THEN
    {{ scaled("(CAST(qty_e3 AS DOUBLE) * unit_price_e4 * (10000 - coalesce(discount_e4, 0)) / 10000000)", "1") }} END) AS raw_amount_e4
FROM scaled
