{# Step 6: one row a customer and month, as booked. #}
SELECT customer_id, CAST(date_trunc('month', order_date) AS DATE) AS month,
  CAST(count(DISTINCT CASE WHEN line_kind <> 'return' THEN {% if shared_order_ids %}CAST(order_date AS STRING){% else %}coalesce(order_id, CAST(order_date AS STRING)){% endif %} END) AS BIGINT) AS orders,
  CAST(count(*) AS BIGINT) AS lines,
  CAST(sum(CASE WHEN line_kind = 'return' THEN 1 ELSE 0 END) AS BIGINT) AS return_lines,
  CAST(sum(CASE WHEN contribution_e4 < 0 AND line_kind <> 'return' THEN 1 ELSE 0 END) AS BIGINT) AS loss_lines,
  CAST(sum(qty_e3) AS BIGINT) AS qty_e3,
  CAST(sum(amount_e4) AS BIGINT) AS revenue_e4,
  CAST(sum(contribution_e4) AS BIGINT) AS contribution_e4,
  CAST(sum(CASE WHEN contribution_e4 IS NULL THEN 0 ELSE amount_e4 END) AS BIGINT) AS costed_revenue_e4
FROM order_lines GROUP BY customer_id, CAST(date_trunc('month', order_date) AS DATE)
