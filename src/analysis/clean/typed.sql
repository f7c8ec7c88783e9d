{# Step 1: every text cell becomes a value or null; nothing is judged yet.

   Casts are guarded by a full-match pattern, because the engines' own casts accept different texts.
   A number is read as a double and rounded to an integer at once: exact up to 11 digits before the point. #}
{% set blank = "(|-|--|—|/|NULL|null|Null|NaN|nan|#N/A|#NULL!|N/A)" %}

{# A text without the spaces at its ends; null where it says that nothing is there. Few cells need either. #}
{% set nothing = "NULL|null|NaN|nan|#N/A" %}
{% set nobody = "NULL|null|NaN|nan|#N/A|-|--|—|/|N/A|无|未知|不详" %}
{% macro text(column, words = nothing) %}CASE WHEN NOT {{ untidy(column, words) }} AND {{ column }} <> '' THEN {{ column }}
  {% for word in ("|" ~ words).split("|") %}WHEN {{ trimmed(column) }} = '{{ word }}' THEN NULL {% endfor %}ELSE {{ trimmed(column) }} END{% endmacro %}
{% macro capital(column) %}CASE WHEN {{ part(column, "[a-z]", 0) }} <> ''
  THEN translate({{ text(column) }}, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') ELSE {{ text(column) }} END{% endmacro %}

{# A cell that is not a plain number already: full-width signs, currency, thousands, brackets. translate() is slow. #}
{% macro narrow(column) %}CASE WHEN {{ matches(column, "[ -~¥€£元圆]*") }} THEN {{ column }}
   ELSE translate({{ column }}, '０１２３４５６７８９．，－−–（）￥＄％＋　', '0123456789.,---()¥$%+ ') END{% endmacro %}
{% macro bare(column) %}{{ without("(" ~ narrow("upper(" ~ column ~ ")") ~ ")",
   "[    \\x27¥$€£元圆]|CNY|RMB|USD|EUR|GBP|HKD|JPY|NT") }}{% endmacro %}

{% macro ungrouped(column) %}CASE WHEN file_no IN ({{ comma_files }}) THEN replace(replace({{ column }}, '.', ''), ',', '.')
   WHEN {{ matches(column, "[+(-]*[0-9]{1,3}(,[0-9]{2,4})+([.][0-9]*)?[)%-]?") }} THEN replace({{ column }}, ',', '')
   ELSE {{ column }} END{% endmacro %}

{# Numbers as most exports write them; the others go on to `signed`. #}
{% macro usual(column) %}CASE
   WHEN file_no IN ({{ comma_files }}) THEN NULL
   WHEN {{ matches(column, "-?[0-9]{1,11}([.][0-9]{0,20})?") }} THEN CAST({{ column }} AS DOUBLE)
   WHEN {{ matches(column, "[¥$€£ ]?[0-9]{1,3}(,[0-9]{2,4}){0,2}([.][0-9]{0,20})? ?|[¥$€£ ][0-9]{1,11}([.][0-9]{0,20})? ?") }}
     THEN CAST({{ without(column, "[¥$€£ ,]") }} AS DOUBLE)
   WHEN {{ matches(column, "-?[0-9]{1,3}([.][0-9]{0,20})?%") }} THEN CAST(replace({{ column }}, '%', '') AS DOUBLE) / 100 END{% endmacro %}

{% macro signed(cell) %}CASE
   WHEN {{ matches(cell, "[+]?[0-9]{1,11}([.][0-9]{0,20})?") }} THEN CAST(replace({{ cell }}, '+', '') AS DOUBLE)
   WHEN {{ matches(cell, "-[0-9]{1,11}([.][0-9]{0,20})?") }} THEN CAST({{ cell }} AS DOUBLE)
   WHEN {{ matches(cell, "[(][0-9]{1,11}([.][0-9]{0,20})?[)]|[0-9]{1,11}([.][0-9]{0,20})?-") }} THEN -CAST({{ without(cell, "[()-]") }} AS DOUBLE)
   WHEN {{ matches(cell, "-?[0-9]{1,3}([.][0-9]{0,20})?%") }} THEN CAST(replace({{ cell }}, '%', '') AS DOUBLE) / 100
   WHEN {{ matches(cell, "-?[0-9]([.][0-9]{1,20})?E[+-]?(0?[0-9]|10)") }} THEN CAST({{ cell }} AS DOUBLE)
   END{% endmacro %}

{% macro number(column) %}coalesce({{ usual(column) }}, {{ signed("(" ~ ungrouped("(" ~ bare(column) ~ ")") ~ ")") }}){% endmacro %}

{% macro scaled(value, factor) %}CASE WHEN abs({{ value }}) * {{ factor }} < 9e15 THEN CAST(round({{ value }} * {{ factor }}) AS BIGINT) END{% endmacro %}

{# The day part of a cell as ISO text. Two-digit years belong to the century from 1970 to 2069. #}
{% macro year(digits) %}CASE WHEN length({{ digits }}) = 4 THEN {{ digits }} WHEN {{ digits }} < '70' THEN '20' || {{ digits }} ELSE '19' || {{ digits }} END{% endmacro %}
{% macro iso(year_, month_, day_) %}({{ year_ }} || '-' || lpad({{ month_ }}, 2, '0') || '-' || lpad({{ day_ }}, 2, '0')){% endmacro %}
{% macro month_number(name) %}CAST({{ whole("instr('JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC', upper(" ~ name ~ ")) + 2", "3") }} AS STRING){% endmacro %}
{% set numbers = ["amount", "qty", "unit_price", "discount", "unit_cost", "cost_amount", "contribution"] %}
{% set ymd = "([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?([ T].*)?" %}
{% set dmy = "([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})([ T].*)?" %}
{% set xxy = "([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4}|[0-9]{2})([ T].*)?" %}

{% macro dashed(cell) %}replace(replace(replace(replace({{ cell }}, '/', '-'), '年', '-'), '月', '-'), '日', ''){% endmacro %}
{# A usual ISO day costs least, and is looked for first. #}
{% macro day_of(cell) %}CASE
  WHEN {{ matches(cell, "[0-9]{4}-[0-9]{2}-[0-9]{2}([ T].*)?") }} THEN {{ to_date("substr(" ~ cell ~ ", 1, 10)") }}
  WHEN {{ matches(cell, "[0-9]{4}[/年][0-9]{1,2}[/月][0-9]{1,2}日?") }} THEN {{ to_date(dashed(cell)) }}
  WHEN {{ matches(cell, ymd) }} THEN {{ to_date(arranged(cell, ymd, "1-2-3")) }}
  WHEN {{ matches(cell, "(19|20)[0-9]{6}([0-9]{4}|[0-9]{6})?([.]0)?") }}
    THEN {{ to_date(iso("substr(" ~ cell ~ ", 1, 4)", "substr(" ~ cell ~ ", 5, 2)", "substr(" ~ cell ~ ", 7, 2)")) }}
  WHEN {{ matches(cell, "[０-９]{4}[-/.年－／．][０-９]{1,2}[-/.月－／．][０-９]{1,2}日?") }}
    THEN {{ to_date(arranged("translate(" ~ cell ~ ", '０１２３４５６７８９－／．', '0123456789-/.')", ymd, "1-2-3")) }}
  WHEN file_no IN ({{ day_first_files }}) AND {{ matches(cell, dmy) }} THEN {{ to_date(arranged(cell, dmy, "3-2-1")) }}
  WHEN file_no IN ({{ month_first_files }}) AND {{ matches(cell, dmy) }} THEN {{ to_date(arranged(cell, dmy, "3-1-2")) }}
  WHEN file_no IN ({{ day_first_files }}) AND {{ matches(cell, xxy) }}
    THEN {{ to_date(iso(year(part(cell, xxy, 3)), part(cell, xxy, 2), part(cell, xxy, 1))) }}
  WHEN file_no IN ({{ month_first_files }}) AND {{ matches(cell, xxy) }}
    THEN {{ to_date(iso(year(part(cell, xxy, 3)), part(cell, xxy, 1), part(cell, xxy, 2))) }}
  WHEN {{ matches(cell, "[2-7][0-9]{4}([.][0-9]+)?") }} THEN {{ from_serial("floor(CAST(" ~ cell ~ " AS DOUBLE))") }}
  WHEN {{ matches(cell, "[0-9]{1,2}[ -][A-Za-z]{3,9}[ ,-]+[0-9]{4}.*") }} THEN {{ named_day(cell, part(cell, "^([0-9]{1,2})", 1)) }}
  WHEN {{ matches(cell, "[A-Za-z]{3,9} [0-9]{1,2}[ ,]+[0-9]{4}.*") }} THEN {{ named_day(cell, part(cell, "^[A-Za-z]+ ([0-9]{1,2})", 1)) }}
  END{% endmacro %}
{% macro named_day(cell, day) %}{{ to_date(iso(part(cell, "([0-9]{4})", 1), month_number(part(cell, "([A-Za-z]{3})", 1)), day)) }}{% endmacro %}
{% macro hour_of(cell) %}CASE
  WHEN instr({{ cell }}, ':') > 0 AND {{ matches(cell, ".*[0-9日][ T]([01]?[0-9]|2[0-3]):[0-5][0-9].*") }}
    THEN CAST({{ part(cell, "[ T]([0-9]{1,2}):", 1) }} AS BIGINT)
      + CASE WHEN {{ matches(cell, ".*[ 0-9][Pp][Mm]") }} AND {{ part(cell, "[ T]([0-9]{1,2}):", 1) }} <> '12' THEN 12
             WHEN {{ matches(cell, ".*[ 0-9][Aa][Mm]") }} AND {{ part(cell, "[ T]([0-9]{1,2}):", 1) }} = '12' THEN -12 ELSE 0 END
  END{% endmacro %}

{# The engine reads a column of few different texts once a text, as long as no CASE has touched it: `order_date` before `date_cell`. #}
WITH cells AS (
  SELECT *, {{ trimmed("order_date") }} AS date_cell{% for column in numbers %}, {{ usual(column) }} AS {{ column }}_usual{% endfor %}

  FROM lines
),
bared AS (
  SELECT *{% for column in numbers %}, CASE WHEN {{ column }}_usual IS NULL THEN {{ bare(column) }} END AS {{ column }}_bare{% endfor %}

  FROM cells
),
ungrouped AS (
  SELECT *{% for column in numbers %}, {{ ungrouped(column ~ "_bare") }} AS {{ column }}_text{% endfor %}

  FROM bared
),
valued AS (
  SELECT file_no, row_no,
    CASE WHEN customer_id LIKE '%.0%' AND {{ matches(trimmed("customer_id"), "[0-9]+[.]0") }}
      THEN {{ without(trimmed("customer_id"), "[.]0$") }} ELSE {{ text("customer_id", nobody) }} END AS customer_id,
    {{ text("customer_name", nobody) }} AS customer_name,
    {% for column in ["order_id", "line_id", "product_name", "category", "region", "channel", "sales_rep", "industry", "currency"] %}
    {{ text(column) }} AS {{ column }},
    {% endfor %}
    {{ capital("product_id") }} AS product_code,
    {{ capital("product_name") }} AS product_capitals,
    lower({{ text("line_type") }}) AS line_type,
    lower({{ text("status") }}) AS status,
    rest_hash,
    date_cell,
    CASE WHEN order_date = date_cell THEN {{ day_of("order_date") }} ELSE {{ day_of("date_cell") }} END AS order_date,
    CASE WHEN order_date = date_cell THEN {{ hour_of("order_date") }} ELSE {{ hour_of("date_cell") }} END AS hour_read,
    amount AS amount_cell{% for column in numbers %},
    coalesce({{ column }}_usual, {{ signed(column ~ "_text") }}) AS {{ column }}_read{% endfor %}

  FROM ungrouped
),
scaled AS (
  SELECT v.*,
    {{ scaled("amount_read", "f.amount * 10000") }} AS written_e4,
    {{ scaled("qty_read", "f.qty * 1000") }} AS qty_e3,
    {{ scaled("unit_price_read", "f.unit_price * 10000") }} AS unit_price_e4,
    {{ scaled("(discount_read / f.discount_scale)", "10000") }} AS discount_e4,
    {{ scaled("unit_cost_read", "f.unit_cost * 10000") }} AS unit_cost_e4,
    {{ scaled("cost_amount_read", "f.cost_amount * 10000") }} AS cost_e4,
    {{ scaled("contribution_read", "f.contribution * 10000") }} AS profit_e4
  FROM valued v JOIN file_factors f ON v.file_no = f.file_no
)
SELECT file_no, row_no,
  coalesce(customer_id, customer_name) AS customer_id, customer_name, order_id, line_id,
  coalesce(product_code, product_capitals) AS product_id,
  product_name, category, region, channel, sales_rep, industry, currency, line_type, status, rest_hash,
  date_cell, CASE WHEN order_date >= DATE '1900-01-01' THEN order_date END AS order_date, CASE WHEN hour_read BETWEEN 0 AND 23 THEN hour_read END AS order_hour,
  amount_cell, qty_e3, unit_price_e4, discount_e4, unit_cost_e4, cost_e4, profit_e4,
  coalesce(written_e4, CASE WHEN {{ matches("coalesce(" ~ trimmed("amount_cell") ~ ", '')", blank) }} THEN
    {{ scaled("(CAST(qty_e3 AS DOUBLE) * unit_price_e4 * (10000 - coalesce(discount_e4, 0)) / 10000000)", "1") }} END) AS raw_amount_e4
FROM scaled
