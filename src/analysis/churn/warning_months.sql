{# C3: tickets, or use, of a customer in a month; of several things that are counted, that with most records. #}
SELECT CAST(p.place AS INTEGER) AS place, CAST((year(t.{{ day }}) - 1970) * 12 + month(t.{{ day }}) - 1 AS INTEGER) AS month,
  CAST({{ value }} AS DOUBLE) AS x
FROM {{ table }} t JOIN places p ON t.customer_id = p.customer_id
WHERE CAST(t.{{ day }} AS DATE) <= DATE '{{ until }}'
{% if metric %}
  AND coalesce(t.metric, '') = (
    SELECT metric FROM (
      SELECT coalesce(metric, '') AS metric, count(*) AS records FROM {{ metric }} WHERE date <= DATE '{{ until }}' GROUP BY coalesce(metric, '')
    ) AS measures
    ORDER BY records DESC, metric LIMIT 1
  )
{% endif %}
GROUP BY p.place, (year(t.{{ day }}) - 1970) * 12 + month(t.{{ day }}) - 1
