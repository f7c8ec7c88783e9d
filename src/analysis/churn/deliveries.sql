{# Orders of named customers whose delivery was due in a window, and how many of them were late. #}
SELECT CAST(count(*) AS BIGINT) AS due, CAST(coalesce(sum(is_late), 0) AS BIGINT) AS late
FROM (
  SELECT customer_id, order_date, max(CASE WHEN {{ late }} THEN 1 ELSE 0 END) AS is_late
  FROM order_lines WHERE {{ due }} AND {{ known_on }} BETWEEN DATE '{{ since }}' AND DATE '{{ as_of }}'
  GROUP BY customer_id, order_date
) AS orders
