{# Orders of named customers by day, up to as_of. #}
SELECT {{ days("DATE '1970-01-01'", "d.order_date") }} AS day, CAST(sum(d.orders) AS BIGINT) AS orders
FROM customer_days d JOIN customers c ON d.customer_id = c.customer_id
WHERE NOT c.is_pseudo_customer AND d.order_date <= DATE '{{ as_of }}'
GROUP BY d.order_date
