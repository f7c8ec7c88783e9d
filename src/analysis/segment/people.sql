{# Customers by number, in the order of their ids: numbers of millions of rows are faster to group and to sort than texts. #}
SELECT customer_id, customer_name, region, is_pseudo_customer, CAST(row_number() OVER (ORDER BY customer_id) AS INT) AS customer FROM customers
