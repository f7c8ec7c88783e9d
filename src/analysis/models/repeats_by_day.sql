{# Repeat events a day, of the entities whose first event fell on or before day `cut`. #}
WITH begun AS (
  SELECT customer_id, min(day) AS first_day FROM {{ known }} GROUP BY customer_id HAVING min(day) <= DATE '{{ cut }}'
)
SELECT k.day, CAST(count(*) AS BIGINT) AS events
FROM {{ known }} k JOIN begun b ON k.customer_id = b.customer_id
WHERE k.day > b.first_day GROUP BY k.day
