{# Every silence of a named customer that lasted for longer than `shortest` days: how long, whether an order ended it, what
   was known of the customer at its beginning, and what as many days from the return on
   brought as are counted before it. Days are numbers since 1970. #}
WITH bought AS (
  SELECT k.customer_id, {{ days("DATE '1970-01-01'", "k.day") }} AS day, k.value_e4
  FROM {{ known }} k JOIN customers c ON k.customer_id = c.customer_id
  WHERE NOT c.is_pseudo_customer
),
met AS (
  SELECT customer_id, day,
    row_number() OVER so_far AS orders, min(day) OVER so_far AS first_day,
    sum(value_e4) OVER (PARTITION BY customer_id ORDER BY day RANGE BETWEEN {{ value_days - 1 }} PRECEDING AND CURRENT ROW) AS before_e4,
    sum(value_e4) OVER (PARTITION BY customer_id ORDER BY day RANGE BETWEEN CURRENT ROW AND {{ value_days - 1 }} FOLLOWING) AS ahead_e4
  FROM bought
  WINDOW so_far AS (PARTITION BY customer_id ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
silences AS (
  SELECT customer_id, day AS begun, orders, first_day, before_e4,
    lead(day) OVER (PARTITION BY customer_id ORDER BY day) AS returned,
    lead(ahead_e4) OVER (PARTITION BY customer_id ORDER BY day) AS after_e4
  FROM met
)
SELECT customer_id, begun, orders, (begun - first_day) / CAST(nullif(orders - 1, 0) AS DOUBLE) AS gap,
  coalesce(returned, {{ last }}) - begun AS days, returned IS NOT NULL AS ended,
  CAST(before_e4 AS BIGINT) AS before_e4,
  CAST(CASE WHEN returned + {{ value_days - 1 }} <= {{ last }} THEN after_e4 END AS BIGINT) AS after_e4
FROM silences
WHERE coalesce(returned, {{ last }}) - begun > {{ shortest }}
