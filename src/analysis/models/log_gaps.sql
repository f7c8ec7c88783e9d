{# Sum of the logarithms of each entity's gaps in days, in whole billionths so that the order of adding plays no part.
   Where the clock runs with the season: what it shows at the start of each month, and its pace in it. #}
WITH gaps AS (
  {% if months %}

  SELECT customer_id, shown - lag(shown) OVER (PARTITION BY customer_id ORDER BY day) AS gap FROM (
    SELECT customer_id, day, begun + pace * {{ days("month", "day") }} AS shown
    FROM {{ known }} JOIN (VALUES {% for month, begun, pace in months %}(DATE '{{ month }}', CAST({{ begun }} AS DOUBLE), CAST({{ pace }} AS DOUBLE)){{ ", " if not loop.last }}{% endfor %}) AS clock(month, begun, pace)
      ON CAST(date_trunc('month', day) AS DATE) = month
  ) AS on_clock
  {% else %}

  SELECT customer_id, {{ days("lag(day) OVER (PARTITION BY customer_id ORDER BY day)", "day") }} AS gap FROM {{ known }}
  {% endif %}

)
SELECT customer_id, CAST(sum(CAST(round(ln(gap) * 1e9) AS BIGINT)) AS BIGINT) AS log_gaps_e9
FROM gaps WHERE gap > 0 GROUP BY customer_id
