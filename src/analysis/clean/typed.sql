{# Step 1: every text cell becomes a value or null; nothing is judged yet. #}
{% from "clean/cells.sql" import bare, blank, capital, day_of, hour_of, nobody, scaled, signed, text, ungrouped, usual with context %}
{% set numbers = ["amount", "qty", "unit_price", "discount", "unit_cost", "cost_amount", "contribution"] %}
{% set days_of = ["promised", "delivered", "paid", "due_pay"] %}

{# The engine reads a column of few different texts once a text, as long as no CASE has touched it: `order_date` before `date_cell`. #}
WITH cells AS (
  SELECT *, {{ trimmed("order_date") }} AS date_cell{% for day in days_of %},
    {{ trimmed(day ~ "_date") }} AS {{ day }}_cell{% endfor %}{% for column in numbers %}, {{ usual(column) }} AS {{ column }}_usual{% endfor %}

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
    {% for day in days_of %}
    CASE WHEN {{ day }}_date = {{ day }}_cell THEN {{ day_of(day ~ "_date") }} ELSE {{ day_of(day ~ "_cell") }} END AS {{ day }}_read,
    {% endfor %}
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
  {% for day in days_of %}CASE WHEN {{ day }}_read >= DATE '1900-01-01' THEN {{ day }}_read END AS {{ day }}_date, {% endfor %}

  amount_cell, qty_e3, unit_price_e4, discount_e4, unit_cost_e4, cost_e4, profit_e4,
  coalesce(written_e4, CASE WHEN {{ matches("coalesce(" ~ trimmed("amount_cell") ~ ", '')", blank) }} THEN
    {{ scaled("(CAST(qty_e3 AS DOUBLE) * unit_price_e4 * (10000 - coalesce(discount_e4, 0)) / 10000000)", "1") }} END) AS raw_amount_e4
FROM scaled
