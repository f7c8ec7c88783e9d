{# Repeat events a month, by the month of the entity's first event. #}
WITH begun AS (SELECT customer_id, min(day) AS first_day FROM {{ known }} GROUP BY customer_id)
SELECT CAST(date_trunc('month', b.first_day) AS DATE) AS first_month, CAST(date_trunc('month', k.day) AS DATE) AS month,
  CAST(count(*) AS BIGINT) AS events
FROM {{ known }} k JOIN begun b ON k.customer_id = b.customer_id
WHERE k.day > b.first_day AND date_trunc('month', k.day) > date_trunc('month', b.first_day)
GROUP BY 1, 2
