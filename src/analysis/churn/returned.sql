{# Purchases of named customers in a window, and how many of them came back in part or wholly by as_of. #}
SELECT count(*) AS purchases, CAST(coalesce(sum(CASE WHEN b.customer_id IS NULL THEN 0 ELSE 1 END), 0) AS BIGINT) AS returned
FROM customer_days d
JOIN customers c ON d.customer_id = c.customer_id
LEFT JOIN (
  SELECT DISTINCT customer_id, order_date FROM customer_returns WHERE return_date <= DATE '{{ as_of }}'
) b ON d.customer_id = b.customer_id AND d.order_date = b.order_date
WHERE NOT c.is_pseudo_customer AND d.order_date BETWEEN DATE '{{ since }}' AND DATE '{{ as_of }}'
