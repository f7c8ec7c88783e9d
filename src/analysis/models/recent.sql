{# One row an entity: its last event known on day `cut`, and what it did after day `since`. #}
SELECT customer_id, {{ days("max(day)", "DATE '" ~ cut ~ "'") }} AS silent_days,
  CAST(sum(CASE WHEN day > DATE '{{ since }}' THEN 1 ELSE 0 END) AS BIGINT) AS events,
  CAST(sum(CASE WHEN day > DATE '{{ since }}' THEN value_e4 ELSE 0 END) AS BIGINT) AS value_e4,
  CAST(sum(CASE WHEN day > DATE '{{ since }}' THEN filled ELSE 0 END) AS BIGINT) AS filled_events
FROM {{ known }} GROUP BY customer_id
