{# C2: a column of the order lines by customer and month: the orders that have each of its texts, or the orders that tell its
   number and the sum of their numbers. #}
WITH orders AS (
  SELECT customer_id, order_date, {% if written %}coalesce({{ written }}, ''){% else %}max(''){% endif %} AS level,
    {% if written %}1{% else %}CAST(round({{ number }}) AS BIGINT){% endif %} AS amount
  FROM order_lines WHERE line_kind = 'sale' AND NOT is_pseudo_customer AND order_date < DATE '{{ until }}'
  GROUP BY customer_id, order_date{% if written %}, coalesce({{ written }}, ''){% endif %}

)
SELECT customer_id, CAST(date_trunc('month', order_date) AS DATE) AS month, level,
  CAST(count(amount) AS BIGINT) AS orders, CAST(coalesce(sum(amount), 0) AS BIGINT) AS amount
FROM orders GROUP BY customer_id, CAST(date_trunc('month', order_date) AS DATE), level
