{# C3: categories in every block of so many purchase days, counted from the day on which watching begins, both ways. #}
WITH bought AS (
  SELECT p.place, l.order_date, l.category, l.order_date > DATE '{{ watched_from }}' AS is_watched
  FROM order_lines l JOIN places p ON l.customer_id = p.customer_id
  WHERE l.line_kind = 'sale' AND l.category IS NOT NULL AND l.order_date > DATE '{{ base_from }}' AND l.order_date <= DATE '{{ until }}'
  GROUP BY p.place, l.order_date, l.category
),
numbered AS (
  SELECT place, is_watched, order_date, row_number() OVER (
    PARTITION BY place, is_watched ORDER BY CASE WHEN is_watched THEN 1 ELSE -1 END * {{ days("DATE '1970-01-01'", "order_date") }}
  ) - 1 AS number
  FROM (SELECT DISTINCT place, is_watched, order_date FROM bought) AS dates
),
blocks AS (
  SELECT place, is_watched, order_date, {{ whole("number", block) }} AS block FROM numbered
)
SELECT CAST(b.place AS INTEGER) AS place, {{ days("DATE '1970-01-01'", "max(b.order_date)") }} AS day, count(DISTINCT s.category) AS categories
FROM blocks b JOIN bought s ON s.place = b.place AND s.order_date = b.order_date
GROUP BY b.place, b.is_watched, b.block
HAVING count(DISTINCT b.order_date) = {{ block }}
