{# One row an order and month, with what it brought: order lines without returns. #}
WITH lines AS (
  SELECT *, CAST(date_trunc('month', order_date) AS DATE) AS month,
    {% if ids_are_keys %}coalesce(order_id, CAST(order_date AS STRING)){% else %}CAST(order_date AS STRING){% endif %} AS order_key
  FROM order_lines WHERE line_kind <> 'return' AND order_date BETWEEN DATE '{{ first }}' AND DATE '{{ last }}'
)
SELECT customer_id, month, is_pseudo_customer, CAST(sum(amount_e4) AS BIGINT) AS sales_e4, CAST(count(*) AS BIGINT) AS lines,
  CASE WHEN count(contribution_e4) = count(*) THEN CAST(sum(contribution_e4) AS BIGINT) END AS contribution_e4
FROM lines GROUP BY customer_id, month, order_key, is_pseudo_customer
