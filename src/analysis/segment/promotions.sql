{# G11: months with an order of each customer, from its first month in the window on, in promotions and out of them. #}
WITH months AS (SELECT DISTINCT customer, CAST(date_trunc('month', order_date) AS DATE) AS month FROM bought),
firsts AS (SELECT customer, min(month) AS first_month FROM months GROUP BY customer),
every AS (SELECT DISTINCT month FROM months),
known AS (
  SELECT customer, count(*) AS months, count(CASE WHEN month IN ({{ promotions }}) THEN 1 END) AS promotion_months
  FROM firsts JOIN every ON month > first_month GROUP BY customer
),
made AS (
  SELECT m.customer, count(*) AS bought, count(CASE WHEN month IN ({{ promotions }}) THEN 1 END) AS promotion_bought
  FROM months m JOIN firsts f ON m.customer = f.customer WHERE month > first_month GROUP BY m.customer
)
SELECT customer_id, months, promotion_months, coalesce(bought, 0) AS bought, coalesce(promotion_bought, 0) AS promotion_bought
FROM known k LEFT JOIN made m ON k.customer = m.customer JOIN people p ON k.customer = p.customer
