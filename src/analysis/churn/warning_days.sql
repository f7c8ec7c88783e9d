{# C3: every purchase day by the place of its customer; pseudo-customers are left out. #}
SELECT CAST(p.place AS INTEGER) AS place, {{ days("DATE '1970-01-01'", "d.order_date") }} AS day, d.bought_e4
FROM customer_days d JOIN places p ON d.customer_id = p.customer_id
WHERE d.bought_e4 > 0 AND d.order_date <= DATE '{{ until }}'
