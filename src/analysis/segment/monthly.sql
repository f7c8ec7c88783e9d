{# G6: what each customer bought in each month, net of what came back; a day wholly returned is no purchase. #}
SELECT customer, CAST(date_trunc('month', order_date) AS DATE) AS month,
  CAST(sum(greatest(bought_e4 - returned_e4, 0)) AS BIGINT) AS kept_e4
FROM customer_days d JOIN people p ON d.customer_id = p.customer_id
GROUP BY customer, CAST(date_trunc('month', order_date) AS DATE)
