{# Step 2b: each line gets the first rule that removes it, or none. The order of the rules is that of rules.py. #}
{% macro fits(columns, pattern) %}({% for column in columns if pattern %}coalesce({{ matches("lower(" ~ column ~ ")", pattern) }}, FALSE){% if not loop.last %} OR {% endif %}{% else %}FALSE{% endfor %}){% endmacro %}
{# Comparisons one by one: DuckDB makes a join of a longer IN. #}
{% macro one_of(column, values) %}({% for value in values %}{{ column }} = {{ value }}{% if not loop.last %} OR {% endif %}{% else %}FALSE{% endfor %}){% endmacro %}

WITH signed AS (
  SELECT h.*, d.double_rule,
    {{ one_of("h.line_type", return_types) }} OR {{ one_of("h.status", return_types) }} AS says_return,
    coalesce(abs(h.cost_e4), CAST(round(abs(CAST(h.qty_e3 AS DOUBLE)) * h.unit_cost_e4 / 1000) AS BIGINT)) AS goods_e4,
    coalesce(h.qty_e3 < 0, FALSE) OR (h.raw_amount_e4 < 0 AND coalesce(h.unit_price_e4, 0) >= 0) AS is_negative
  FROM typed h LEFT JOIN doubles d ON h.file_no = d.file_no AND h.row_no = d.row_no
){% if returned_orders %},
listed AS (SELECT DISTINCT {{ trimmed("order_id") }} AS returned_id FROM returned_orders),
listing AS (SELECT s.*, l.returned_id IS NOT NULL AS came_back FROM signed s LEFT JOIN listed l ON s.order_id = l.returned_id)
{% endif %}

SELECT file_no, row_no, customer_id, customer_name, order_id, product_id, product_name, category, region, channel,
  sales_rep, industry, order_date, order_hour, unit_price_e4, discount_e4, raw_amount_e4, date_cell, amount_cell,
  promised_date, CASE WHEN delivered_date <= {{ as_of }} THEN delivered_date END AS delivered_date,
  due_pay_date, CASE WHEN paid_date <= {{ as_of }} THEN paid_date END AS paid_date,
  CASE WHEN raw_amount_e4 = 0 THEN 'free' WHEN coalesce(says_return, FALSE) OR is_negative THEN 'return' ELSE 'sale' END AS line_kind,
  CASE WHEN coalesce(says_return, FALSE) OR is_negative THEN -abs(qty_e3) ELSE qty_e3 END AS qty_e3,
  CASE WHEN coalesce(says_return, FALSE) OR is_negative THEN -abs(raw_amount_e4) ELSE raw_amount_e4 END AS amount_e4,
  CASE WHEN coalesce(says_return, FALSE) OR is_negative
    THEN CASE WHEN profit_e4 IS NOT NULL THEN CASE WHEN raw_amount_e4 > 0 THEN -profit_e4 ELSE profit_e4 END
              ELSE -abs(raw_amount_e4) + goods_e4 END
    ELSE coalesce(profit_e4, raw_amount_e4 - goods_e4) END AS contribution_e4,
  {{ fits(["customer_id", "customer_name"], pseudo_pattern) }} AS is_pseudo_customer,
  CASE
    WHEN (order_date IS NULL OR customer_id IS NULL OR product_id IS NULL)
      AND {{ fits(["customer_id", "customer_name", "product_id", "product_name", "order_id", "date_cell"], total_pattern) }} THEN 'total_row'
    WHEN double_rule IS NOT NULL THEN double_rule
    WHEN order_date IS NULL THEN 'unreadable_date'
    WHEN order_date > {{ last_date }} THEN 'future_date'
    WHEN order_date > {{ as_of }} THEN 'after_as_of'
    WHEN raw_amount_e4 IS NULL THEN 'unreadable_amount'
    WHEN customer_id IS NULL THEN 'missing_customer'
    WHEN {{ one_of("upper(currency)", other_currencies) }} THEN 'other_currency'
    WHEN {{ one_of("status", cancelled_status) }} THEN 'cancelled'
    {% if returned_orders %}WHEN came_back THEN 'returned_order'
    {% endif %}
    WHEN {{ fits(["product_id", "product_name"], non_product_pattern) }} THEN 'non_product'
    WHEN raw_amount_e4 < 0 AND unit_price_e4 < 0 AND coalesce(qty_e3, 1) > 0 THEN 'negative_price'
    {% if not keep_free_lines %}WHEN raw_amount_e4 = 0 THEN 'zero_price'
    {% endif %}
  END AS rule
FROM {{ 'listing' if returned_orders else 'signed' }}
