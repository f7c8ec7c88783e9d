{# One row a window of days: entities that began in it; that had events in the window before it; and of these, in both. #}
{% for before, start, end in windows %}
{{ "UNION ALL" if not loop.first }}
SELECT DATE '{{ end }}' AS ends_on,
  CAST(coalesce(sum(CASE WHEN first_day > DATE '{{ start }}' THEN 1 ELSE 0 END), 0) AS BIGINT) AS begun,
  CAST(coalesce(sum(earlier), 0) AS BIGINT) AS earlier, CAST(coalesce(sum(earlier * inside), 0) AS BIGINT) AS stayed
FROM (
  SELECT customer_id, min(day) AS first_day,
    max(CASE WHEN day > DATE '{{ before }}' AND day <= DATE '{{ start }}' THEN 1 ELSE 0 END) AS earlier,
    max(CASE WHEN day > DATE '{{ start }}' THEN 1 ELSE 0 END) AS inside
  FROM {{ known }} WHERE day <= DATE '{{ end }}' GROUP BY customer_id
) AS entities
{% endfor %}
