{# One row a first day: entities that began on it, and their events and value up to each age in days, known on day `cut`.
   Values are whole numbers, so that their squares add up to the same on every engine. #}
WITH begun AS (SELECT customer_id, min(day) AS first_day FROM {{ known }} GROUP BY customer_id),
aged AS (
  SELECT k.customer_id, b.first_day, k.value_e4, {{ days("b.first_day", "k.day") }} AS age
  FROM {{ known }} k JOIN begun b ON k.customer_id = b.customer_id
),
summed AS (
  SELECT customer_id, first_day
{% for age in ages %},
    sum(CASE WHEN age <= {{ age }} THEN 1 ELSE 0 END) AS events_{{ age }},
    CAST(sum(CASE WHEN age <= {{ age }} THEN value_e4 ELSE 0 END) AS DOUBLE) AS value_{{ age }}
{% endfor %}
  FROM aged GROUP BY customer_id, first_day
)
SELECT first_day, CAST(count(*) AS BIGINT) AS entities
{% for age in ages %},
  CAST(sum(events_{{ age }}) AS BIGINT) AS events_{{ age }}, sum(value_{{ age }}) AS value_{{ age }},
  sum(round(value_{{ age }} / 10000) * round(value_{{ age }} / 10000)) AS square_{{ age }}
{% endfor %}
FROM summed GROUP BY first_day
