{# What each incident and each landmark without one was met by: the customer's purchases so far, and the next one.
   Days are numbers since 1970. A landmark lies after a purchase by one of `lags`, which take turns, since incidents too
   lie some days after a purchase. A purchase of the same day counts as made before. Landmarks are counted by classes: the
   usual gap by halves of a power of two, days since the last purchase, purchases of late and purchases by powers of two. #}
WITH bought AS (
  SELECT k.customer_id, {{ days("DATE '1970-01-01'", "k.day") }} AS day,
    row_number() OVER (PARTITION BY k.customer_id ORDER BY k.day) AS number
  FROM {{ known }} k JOIN customers c ON k.customer_id = c.customer_id
  WHERE NOT c.is_pseudo_customer
),
points AS (
  SELECT customer_id, day, 0 AS kind FROM bought
  UNION ALL SELECT customer_id, day, 1 AS kind FROM incidents
{% if lags %}
  UNION ALL SELECT customer_id, day + CASE mod(number, {{ lags | length }})
  {% for lag in lags %} WHEN {{ loop.index0 }} THEN {{ lag }}{% endfor %} END AS day, 2 AS kind FROM bought
{% endif %}
),
met AS (
  SELECT customer_id, day, kind,
    CAST(sum(CASE WHEN kind = 0 THEN 1 ELSE 0 END) OVER so_far AS BIGINT) AS orders,
    min(CASE WHEN kind = 0 THEN day END) OVER so_far AS first_day,
    max(CASE WHEN kind = 0 THEN day END) OVER so_far AS last_day,
    max(CASE WHEN kind = 1 THEN day END) OVER earlier AS last_incident,
    min(CASE WHEN kind = 0 THEN day END) OVER later AS next_day,
    CAST(sum(CASE WHEN kind = 0 THEN 1 ELSE 0 END) OVER of_late AS BIGINT) AS lately
  FROM points
  WINDOW so_far AS (PARTITION BY customer_id ORDER BY day, kind ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW),
    earlier AS (PARTITION BY customer_id ORDER BY day, kind ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
    later AS (PARTITION BY customer_id ORDER BY day, kind ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING),
    of_late AS (PARTITION BY customer_id ORDER BY day RANGE BETWEEN {{ apart_days - 1 }} PRECEDING AND CURRENT ROW)
),
classed AS (
  SELECT customer_id, day, kind, orders, last_incident,
    CASE WHEN next_day <= day + {{ stay_days }} THEN 1 ELSE 0 END AS stayed,
    CASE WHEN orders > 1 THEN CAST(floor(2 * log2((last_day - first_day) / CAST(orders - 1 AS DOUBLE))) AS BIGINT) ELSE {{ no_gap }} END AS gap_class,
    CAST(floor(log2(1 + day - last_day)) AS BIGINT) AS silence_class,
    CAST(floor(log2(1 + lately)) AS BIGINT) AS lately_class,
    CAST(floor(log2(orders)) AS BIGINT) AS orders_class,
    day - last_day AS lag
  FROM met
  WHERE kind = {{ kind }} AND orders > 0
)
{% if kind == 1 %}
SELECT * FROM classed
{% else %}
SELECT gap_class, silence_class, lately_class, orders_class, count(*) AS seen, CAST(sum(stayed) AS BIGINT) AS stayed
FROM classed
WHERE day BETWEEN {{ first }} AND {{ last }} AND (last_incident IS NULL OR last_incident <= day - {{ apart_days }})
GROUP BY gap_class, silence_class, lately_class, orders_class
{% endif %}
