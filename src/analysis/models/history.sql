{# One row an entity: its events known on day `cut` in the few numbers that the models need, and what they were worth. #}
SELECT customer_id,
  CAST(count(*) - 1 AS BIGINT) AS repeats,
  {{ days("min(day)", "max(day)") }} AS span_days,
  CAST(max(ago) AS BIGINT) AS age_days,
  min(day) AS first_day, max(day) AS last_day,
  CAST(sum(value_e4) AS BIGINT) AS value_e4,
  CAST(sum(filled) AS BIGINT) AS filled_events,
  CAST(sum(CASE WHEN value_e4 > 0 THEN 1 ELSE 0 END) AS BIGINT) AS positive_events,
  CAST(sum(CASE WHEN value_e4 > 0 THEN value_e4 ELSE 0 END) AS BIGINT) AS positive_e4,
  CAST(sum(CASE WHEN value_e4 > 0 THEN ago ELSE 0 END) AS BIGINT) AS positive_days,
  CAST(sum(CASE WHEN value_e4 > 0 THEN ago * ago ELSE 0 END) AS BIGINT) AS positive_days_squared,
  CAST(sum(CASE WHEN value_e4 > 0 THEN CAST(value_e4 AS DECIMAL(28, 0)) * ago ELSE 0 END) AS DOUBLE) AS positive_days_e4,
  CAST(sum(CASE WHEN day > DATE '{{ since }}' THEN value_e4 ELSE 0 END) AS BIGINT) AS recent_e4
FROM (SELECT *, {{ days("day", "DATE '" ~ cut ~ "'") }} AS ago FROM {{ known }}) AS dated GROUP BY customer_id
