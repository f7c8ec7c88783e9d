{# G11: months with an order of each customer, from its first month in the window on, in promotions and out of them. #}
WITH months AS (SELECT DISTINCT customer_id, CAST(date_trunc('month', order_date) AS DATE) AS month FROM bought),
firsts AS (SELECT customer_id, min(month) AS first_month FROM months GROUP BY customer_id),
every AS (SELECT DISTINCT month FROM months),
known AS (
  SELECT customer_id, count(*) AS months, count(CASE WHEN month IN ({{ promotions }}) THEN 1 END) AS promotion_months
  FROM firsts JOIN every ON month > first_month GROUP BY customer_id
),
made AS (
  SELECT m.customer_id, count(*) AS bought, count(CASE WHEN month IN ({{ promotions }}) THEN 1 END) AS promotion_bought
  FROM months m JOIN firsts f ON m.customer_id = f.customer_id WHERE month > first_month GROUP BY m.customer_id
)
SELECT k.customer_id, months, promotion_months, coalesce(bought, 0) AS bought, coalesce(promotion_bought, 0) AS promotion_bought
FROM known k LEFT JOIN made m ON k.customer_id = m.customer_id
