{# Sum of the logarithms of each entity's gaps in days, in whole billionths so that the order of adding plays no part. #}
WITH gaps AS (
  SELECT customer_id, {{ days("lag(day) OVER (PARTITION BY customer_id ORDER BY day)", "day") }} AS gap FROM {{ known }}
)
SELECT customer_id, CAST(sum(CAST(round(ln(gap) * 1e9) AS BIGINT)) AS BIGINT) AS log_gaps_e9
FROM gaps WHERE gap > 0 GROUP BY customer_id
