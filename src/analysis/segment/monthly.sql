{# G6: what each customer bought in each month, net of what came back; a day wholly returned is no purchase. #}
SELECT customer_id, CAST(date_trunc('month', order_date) AS DATE) AS month,
  CAST(sum(greatest(bought_e4 - returned_e4, 0)) AS BIGINT) AS kept_e4
FROM customer_days GROUP BY customer_id, CAST(date_trunc('month', order_date) AS DATE)
