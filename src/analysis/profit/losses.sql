{# Sales of the window with a known contribution, put together by one thing they share: {{ group }} as id. #}
SELECT {{ group }} AS id, {{ shown }} AS name, CAST(count(*) AS BIGINT) AS lines,
  CAST(sum(CASE WHEN contribution_e4 < 0 THEN 1 ELSE 0 END) AS BIGINT) AS loss_lines,
  CAST(sum(amount_e4) AS BIGINT) AS revenue_e4, CAST(sum(contribution_e4) AS BIGINT) AS contribution_e4,
  CAST(sum(CASE WHEN contribution_e4 < 0 THEN -contribution_e4 ELSE 0 END) AS BIGINT) AS losses_e4,
  CAST(sum(CASE WHEN contribution_e4 < 0 AND discount_e4 >= {{ deep_e4 }} THEN -contribution_e4 ELSE 0 END) AS BIGINT) AS deep_losses_e4
FROM order_lines
WHERE line_kind = 'sale' AND contribution_e4 IS NOT NULL AND {{ wanted }}
  AND order_date BETWEEN DATE '{{ first }}' AND DATE '{{ last }}'
GROUP BY {{ group }}
{% if losing_only %}
HAVING sum(CASE WHEN contribution_e4 < 0 THEN 1 ELSE 0 END) > 0
{% endif %}
