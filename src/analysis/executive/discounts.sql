{# The sales of the window with a known contribution, those with a deep discount apart. #}
SELECT
  CASE WHEN discount_e4 >= {{ deep_e4 }} THEN 'deep' ELSE 'other' END AS depth,
  CAST(count(*) AS BIGINT) AS lines,
  CAST(sum(CASE WHEN contribution_e4 < 0 THEN 1 ELSE 0 END) AS BIGINT) AS loss_lines,
  CAST(sum(contribution_e4) AS BIGINT) AS contribution_e4,
  CAST(sum(CASE WHEN contribution_e4 < 0 THEN -contribution_e4 ELSE 0 END) AS BIGINT) AS losses_e4
FROM {{ lines }}
WHERE line_kind = 'sale' AND contribution_e4 IS NOT NULL
  AND order_date >= DATE '{{ first }}' AND order_date <= DATE '{{ last }}'
GROUP BY 1 ORDER BY 1
