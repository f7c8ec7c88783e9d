{# One row an entity: its events known on day `cut` in the few numbers that the models need, and what they were worth. Values times
   days are summed in hundredths, which leaves room for the largest sums. #}
WITH dated AS (
  SELECT customer_id, day, value_e4, filled, CASE WHEN value_e4 > 0 THEN value_e4 ELSE 0 END AS positive_e4,
    CASE WHEN value_e4 > 0 THEN {{ days("day", "DATE '" ~ cut ~ "'") }} ELSE 0 END AS ago
  FROM {{ known }}
)
SELECT customer_id,
  CAST(count(*) - 1 AS BIGINT) AS repeats,
  {{ days("min(day)", "max(day)") }} AS span_days,
  {{ days("min(day)", "DATE '" ~ cut ~ "'") }} AS age_days,
  min(day) AS first_day, max(day) AS last_day,
  CAST(sum(value_e4) AS BIGINT) AS value_e4,
  CAST(sum(filled) AS BIGINT) AS filled_events,
  CAST(sum(CASE WHEN positive_e4 > 0 THEN 1 ELSE 0 END) AS BIGINT) AS positive_events,
  CAST(sum(positive_e4) AS BIGINT) AS positive_e4,
  CAST(sum(ago) AS BIGINT) AS positive_days,
  CAST(sum(ago * ago) AS BIGINT) AS positive_days_squared,
  CAST(sum(CAST(round(positive_e4 / 100) AS BIGINT) * ago) AS BIGINT) AS positive_days_e2,
  CAST(sum(CASE WHEN day > DATE '{{ since }}' THEN value_e4 ELSE 0 END) AS BIGINT) AS recent_e4
FROM dated GROUP BY customer_id
