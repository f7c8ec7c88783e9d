{# Step 5: one row a customer and day of purchase, the occasions that the customer models count. #}
WITH bought AS (
  SELECT customer_id, order_date,
    {% if shared_order_ids %}CAST(1 AS BIGINT){% else %}greatest(CAST(count(DISTINCT order_id) AS BIGINT), 1){% endif %} AS orders,
    CAST(count(*) AS BIGINT) AS lines,
    CAST(sum(amount_e4) AS BIGINT) AS bought_e4,
    CASE WHEN count(contribution_e4) = count(*) THEN CAST(sum(contribution_e4) AS BIGINT) END AS contribution_e4
  FROM order_lines WHERE line_kind <> 'return' AND NOT is_pseudo_customer
  GROUP BY customer_id, order_date
),
back AS (
  SELECT customer_id, order_date, CAST(sum(returned_e4) AS BIGINT) AS returned_e4,
    CASE WHEN count(contribution_e4) = count(*) THEN CAST(sum(contribution_e4) AS BIGINT) END AS contribution_e4
  FROM customer_returns GROUP BY customer_id, order_date
)
SELECT b.customer_id, b.order_date, b.orders, b.lines, b.bought_e4, coalesce(r.returned_e4, 0) AS returned_e4,
  b.contribution_e4 - CASE WHEN r.returned_e4 IS NULL THEN 0 ELSE r.contribution_e4 END AS contribution_e4
FROM bought b LEFT JOIN back r ON b.customer_id = r.customer_id AND b.order_date = r.order_date
