{# The events known on one day: what had happened by then, less what had been undone by then. An event that was wholly
   undone is none. What is undone later is not known yet; the source states the contribution net of all that was undone
   by its own end, so what came later is given back. A day on which everything was free has nothing to undo and counts. #}
WITH undone AS (
  SELECT customer_id, order_date,
    CAST(sum(CASE WHEN return_date <= DATE '{{ cut }}' THEN returned_e4 ELSE 0 END) AS BIGINT) AS returned_e4,
    CAST(sum(CASE WHEN return_date > DATE '{{ cut }}' THEN contribution_e4 ELSE 0 END) AS BIGINT) AS later_e4
  FROM {{ reversals }} GROUP BY customer_id, order_date
)
SELECT d.customer_id, d.order_date AS day,
  {% if value_name == "contribution" %}d.contribution_e4 + coalesce(u.later_e4, 0){% else %}d.bought_e4 - coalesce(u.returned_e4, 0){% endif %} AS value_e4
FROM {{ events }} d LEFT JOIN undone u ON d.customer_id = u.customer_id AND d.order_date = u.order_date
WHERE d.order_date <= DATE '{{ cut }}' AND (d.bought_e4 <= 0 OR coalesce(u.returned_e4, 0) < d.bought_e4)
