{# N9: orders of the window with what they brought, for named customers. #}
SELECT l.customer_id, {% if ids_are_keys %}coalesce(order_id, CAST(order_date AS STRING)){% else %}CAST(order_date AS STRING){% endif %} AS order_key,
  CAST(date_trunc('month', order_date) AS DATE) AS month, CAST(sum(amount_e4) AS BIGINT) AS sales_e4, CAST(count(*) AS BIGINT) AS lines,
  CASE WHEN count(contribution_e4) = count(*) THEN CAST(sum(contribution_e4) AS BIGINT) END AS contribution_e4
FROM order_lines l
WHERE line_kind <> 'return' AND NOT is_pseudo_customer AND order_date BETWEEN DATE '{{ first }}' AND DATE '{{ last }}'
GROUP BY l.customer_id, {% if ids_are_keys %}coalesce(order_id, CAST(order_date AS STRING)){% else %}CAST(order_date AS STRING){% endif %}, CAST(date_trunc('month', order_date) AS DATE)
