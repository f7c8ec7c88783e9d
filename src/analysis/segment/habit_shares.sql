{# G3: customers, orders and sales of each region, category, channel and class of order size. #}
WITH bounds AS (
  SELECT {{ quantile("sales_e4", 0.25) }} AS low, {{ quantile("sales_e4", 0.5) }} AS middle, {{ quantile("sales_e4", 0.75) }} AS high
  FROM habit_orders
),
parts AS (
  {% for kind in kinds %}

  SELECT '{{ kind }}' AS dimension, {{ kind }} AS level, customer, order_date, sum(amount_e4) AS sales_e4
  FROM bought GROUP BY {{ kind }}, customer, order_date
  UNION ALL
  {% endfor %}

  SELECT 'region', region, o.customer, order_date, sales_e4
  FROM habit_orders o JOIN people p ON o.customer = p.customer
  UNION ALL
  SELECT 'order_size', CASE WHEN sales_e4 <= low THEN '1' WHEN sales_e4 <= middle THEN '2' WHEN sales_e4 <= high THEN '3' ELSE '4' END,
    customer, order_date, sales_e4
  FROM habit_orders CROSS JOIN bounds
)
SELECT dimension, level, count(DISTINCT customer) AS customers, count(*) AS orders, CAST(sum(sales_e4) AS BIGINT) AS sales_e4,
  CAST(max(sales_e4) AS BIGINT) AS largest_e4
FROM parts GROUP BY dimension, level
