{# Step 2: each line gets the first rule that removes it, or none. The order of the rules is that of rules.py.

   Two exports that overlap: a line of an order that an earlier file holds as well; without order ids, a day half of
   whose lines an earlier file holds as well; and within one file a run of repeated lines of several orders, as where
   two exports were put one below the other. Other repeated lines are duplicates. #}
{% set content = ["customer_id", "order_id", "line_id", "order_date", "order_hour", "product_id", "qty_e3", "unit_price_e4", "raw_amount_e4"] %}
{% set wording = ["customer_name", "product_name", "category", "region", "channel", "sales_rep", "line_type", "status", "date_cell", "rest_hash"] %}
{# The same words, however they are written: a name without its width, case, spaces and signs, a day without its form. #}
{% macro plain(column) %}{% if column == "customer_name" %}replace({{ without("translate(upper(customer_name), '" ~ wide ~ "', '" ~ narrow ~ "')",
  "[ \u00a0\u3000.,&()-]") }}, '有限责任公司', '有限公司'){% elif column == "date_cell" %}{{ part("date_cell", "[ T]([0-9][0-9:.]*)", 1) }}{% else %}{{ column }}{% endif %}{% endmacro %}
{% set wide = "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ０１２３４５６７８９．，＆（）－" %}
{% set narrow = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,&()-" %}
{% set often = ["customer_id", "customer_name", "product_id", "product_name"] %}
{% macro like_any(columns, patterns) %}({% for column in columns if patterns %}{% for pattern in patterns %}{{ column }} LIKE {{ pattern }}{% if not loop.last %} OR {% endif %}{% endfor %}{% if not loop.last %} OR {% endif %}{% else %}FALSE{% endfor %}){% endmacro %}
{# Comparisons one by one: DuckDB makes a join of a longer IN. #}
{% macro one_of(column, values) %}({% for value in values %}{{ column }} = {{ value }}{% if not loop.last %} OR {% endif %}{% else %}FALSE{% endfor %}){% endmacro %}
{% set is_line = "(customer_id IS NOT NULL OR order_id IS NOT NULL OR product_id IS NOT NULL) AND order_date IS NOT NULL" %}

{# All lines are read three times from disk: as one WITH they would be kept in memory. #}
WITH repeated AS (
  SELECT {{ row_hash(content) }} AS content_hash FROM typed WHERE {{ is_line }} GROUP BY {{ row_hash(content) }} HAVING count(*) > 1
),
copies AS (
  SELECT file_no, row_no, order_id, order_date,
    min(file_no) OVER (PARTITION BY {{ content | join(", ") }}) AS first_file,
    row_number() OVER (PARTITION BY file_no, {{ content | join(", ") }}{% for column in wording %}, {{ plain(column) }}{% endfor %} ORDER BY row_no) AS own_copy_no
  FROM typed WHERE {{ is_line }} AND {{ row_hash(content) }} IN (SELECT content_hash FROM repeated)
),
islands AS (
  SELECT *, row_no - row_number() OVER (PARTITION BY file_no ORDER BY row_no) AS island
  FROM copies WHERE own_copy_no > 1 AND order_id IS NOT NULL
),
blocks AS (
  SELECT file_no, island FROM islands GROUP BY file_no, island HAVING count(DISTINCT order_id) > 1 AND count(*) >= {{ overlap_from_lines }}
),
days AS (
  SELECT file_no, order_date, count(*) AS lines FROM typed WHERE {{ is_line }} AND order_id IS NULL GROUP BY file_no, order_date
),
days_twice AS (
  SELECT d.file_no, d.order_date FROM days d
  JOIN (SELECT file_no, order_date, count(*) AS lines FROM copies
        WHERE order_id IS NULL AND first_file < file_no GROUP BY file_no, order_date) c
    ON d.file_no = c.file_no AND d.order_date = c.order_date AND 2 * c.lines >= d.lines AND c.lines >= {{ overlap_from_lines }}
),
doubles AS (
  SELECT c.file_no, c.row_no,
    CASE WHEN c.first_file < c.file_no AND (c.order_id IS NOT NULL OR t.file_no IS NOT NULL) THEN 'export_overlap'
         WHEN b.file_no IS NOT NULL THEN 'export_overlap'
         WHEN c.own_copy_no > 1 {% if keep_duplicates %}AND FALSE {% endif %}THEN 'exact_duplicate' END AS double_rule
  FROM copies c
  LEFT JOIN islands i ON c.file_no = i.file_no AND c.row_no = i.row_no
  LEFT JOIN blocks b ON i.file_no = b.file_no AND i.island = b.island
  LEFT JOIN days_twice t ON c.file_no = t.file_no AND c.order_date = t.order_date
),
signed AS (
  SELECT h.*, d.double_rule,
    {% for column in often %}lower(coalesce({{ column }}, '')) AS {{ column }}_lower, {% endfor %}

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
  CASE WHEN raw_amount_e4 = 0 THEN 'free' WHEN coalesce(says_return, FALSE) OR is_negative THEN 'return' ELSE 'sale' END AS line_kind,
  CASE WHEN coalesce(says_return, FALSE) OR is_negative THEN -abs(qty_e3) ELSE qty_e3 END AS qty_e3,
  CASE WHEN coalesce(says_return, FALSE) OR is_negative THEN -abs(raw_amount_e4) ELSE raw_amount_e4 END AS amount_e4,
  CASE WHEN coalesce(says_return, FALSE) OR is_negative
    THEN CASE WHEN profit_e4 IS NOT NULL THEN CASE WHEN raw_amount_e4 > 0 THEN -profit_e4 ELSE profit_e4 END
              ELSE -abs(raw_amount_e4) + goods_e4 END
    ELSE coalesce(profit_e4, raw_amount_e4 - goods_e4) END AS contribution_e4,
  {{ like_any(["customer_id_lower", "customer_name_lower"], pseudo_patterns) }} AS is_pseudo_customer,
  CASE
    WHEN (order_date IS NULL OR customer_id IS NULL OR product_id IS NULL)
      AND {{ like_any(["customer_id_lower", "customer_name_lower", "product_id_lower", "product_name_lower",
        "lower(coalesce(order_id, ''))", "lower(coalesce(date_cell, ''))"], total_patterns) }} THEN 'total_row'
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
    WHEN {{ like_any(["product_id_lower", "product_name_lower"], non_product_patterns) }} THEN 'non_product'
    WHEN raw_amount_e4 < 0 AND unit_price_e4 < 0 AND coalesce(qty_e3, 1) > 0 THEN 'negative_price'
    {% if not keep_free_lines %}WHEN raw_amount_e4 = 0 THEN 'zero_price'
    {% endif %}
  END AS rule
FROM {{ 'listing' if returned_orders else 'signed' }}
