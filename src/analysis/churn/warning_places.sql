{# C3: number of each customer in the order of their ids. #}
SELECT customer_id, row_number() OVER (ORDER BY customer_id) - 1 AS place FROM customers WHERE NOT is_pseudo_customer
