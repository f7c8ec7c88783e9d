{# Lines that look as if a decimal point was lost, one hundred times too much. Nothing is changed.

   A price: the product's prices lie near to each other, and a hundredth of this one lies among them. Only products
   whose dearest line costs that many times the cheapest are looked at closely.
   A quantity: a whole number of hundreds, and more than `odd_times` the largest other quantity of the product, that
   of the customer's own purchases or that of everybody's. #}
{% macro alone(keys) %}
SELECT file_no, row_no, customer_id, product_id, qty_e3, amount_e4, next_qty_e3 FROM (
  SELECT s.*, row_number() OVER (PARTITION BY s.{{ keys | join(", s.") }} ORDER BY qty_e3 DESC, file_no, row_no) AS place,
    lead(qty_e3) OVER (PARTITION BY s.{{ keys | join(", s.") }} ORDER BY qty_e3 DESC, file_no, row_no) AS next_qty_e3
  FROM sales s JOIN (
    SELECT {{ keys | join(", ") }} FROM sales GROUP BY {{ keys | join(", ") }}
    HAVING count(*) > {{ others[keys | length] }} AND {{ whole("max(qty_e3)", "100000") }} * 100000 = max(qty_e3)
      AND max(qty_e3) > {{ odd_times }} * (sum(CAST(qty_e3 AS DOUBLE)) - max(qty_e3)) / (count(*) - 1)
  ) odd ON {% for key in keys %}s.{{ key }} = odd.{{ key }}{% if not loop.last %} AND {% endif %}{% endfor +%}
) ranked WHERE place = 1 AND qty_e3 > {{ odd_times }} * next_qty_e3
{% endmacro %}
WITH sales AS (
  SELECT file_no, row_no, customer_id, product_id, qty_e3, unit_price_e4, amount_e4 FROM order_lines
  WHERE line_kind = 'sale' AND product_id IS NOT NULL AND qty_e3 > 0
),
wide AS (
  SELECT product_id FROM sales WHERE unit_price_e4 > 0 GROUP BY product_id
  HAVING count(*) > {{ others[1] // 4 }} AND max(unit_price_e4) > {{ odd_times }} * min(unit_price_e4)
),
usual AS (
  SELECT product_id, {{ quantile("unit_price_e4", 0.25) }} AS low, {{ quantile("unit_price_e4", 0.5) }} AS middle,
    {{ quantile("unit_price_e4", 0.75) }} AS high
  FROM sales WHERE unit_price_e4 > 0 AND product_id IN (SELECT product_id FROM wide) GROUP BY product_id
),
quantities AS (
  {{ alone(["customer_id", "product_id"]) }} UNION ALL {{ alone(["product_id"]) }}
)
SELECT 'price_times_hundred' AS issue, s.customer_id, s.product_id, s.file_no, s.row_no,
  s.unit_price_e4 / 10000.0 AS seen, u.middle / 10000.0 AS usual, s.amount_e4
FROM sales s JOIN usual u ON s.product_id = u.product_id
WHERE s.unit_price_e4 > {{ odd_times }} * u.high AND u.high <= 2 * u.low AND s.unit_price_e4 BETWEEN 50 * u.low AND 200 * u.high
UNION ALL
SELECT 'qty_times_hundred' AS issue, customer_id, product_id, file_no, row_no,
  qty_e3 / 1000.0 AS seen, max(next_qty_e3) / 1000.0 AS usual, amount_e4
FROM quantities GROUP BY customer_id, product_id, file_no, row_no, qty_e3, amount_e4
ORDER BY issue, file_no, row_no
