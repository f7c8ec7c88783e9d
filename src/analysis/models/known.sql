{# The events known on one day: what had happened by then, less what had been undone by then. An event that was wholly
   undone is none. What is undone later is not known yet; the source states the contribution net of all that was undone
   by its own end, so what came later is given back. A day on which everything was free has nothing to undo and counts.
   An event without a known contribution takes the share of revenue that the others have, so that the larger events,
   which are more likely to hold something of unknown cost, do not drop out. #}
WITH undone AS (
  SELECT customer_id, order_date,
    CAST(sum(CASE WHEN return_date <= DATE '{{ cut }}' THEN returned_e4 ELSE 0 END) AS BIGINT) AS returned_e4,
    CAST(sum(CASE WHEN return_date > DATE '{{ cut }}' THEN contribution_e4 ELSE 0 END) AS BIGINT) AS later_e4
  FROM {{ reversals }} GROUP BY customer_id, order_date
),
kept AS (
  SELECT d.customer_id, d.order_date AS day, d.bought_e4 - coalesce(u.returned_e4, 0) AS revenue_e4,
    d.contribution_e4 + coalesce(u.later_e4, 0) AS contribution_e4
  FROM {{ events }} d LEFT JOIN undone u ON d.customer_id = u.customer_id AND d.order_date = u.order_date
  WHERE d.order_date <= DATE '{{ cut }}' AND (d.bought_e4 <= 0 OR coalesce(u.returned_e4, 0) < d.bought_e4)
)
{% if value_name == "contribution" %}
, usual AS (
  SELECT CAST(sum(contribution_e4) AS DOUBLE) / nullif(CAST(sum(CASE WHEN contribution_e4 IS NULL THEN 0 ELSE revenue_e4 END) AS DOUBLE), 0) AS share
  FROM kept
)
SELECT customer_id, day, coalesce(contribution_e4, CAST(round(revenue_e4 * share) AS BIGINT), 0) AS value_e4,
  CASE WHEN contribution_e4 IS NULL THEN 1 ELSE 0 END AS filled
FROM kept CROSS JOIN usual
{% else %}
SELECT customer_id, day, revenue_e4 AS value_e4, 0 AS filled FROM kept
{% endif %}
