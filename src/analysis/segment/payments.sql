{# G1: what each named customer paid in the year to each month end, and whether it ordered in it. #}
SELECT customer, min(p.customer_id) AS customer_id, min(CASE WHEN orders > 0 THEN month END) AS first_month,
{% for year in years %}
  CAST(sum(CASE WHEN month BETWEEN DATE '{{ year.first }}' AND DATE '{{ year.last }}' THEN revenue_e4 ELSE 0 END) AS BIGINT) AS paid_{{ loop.index0 }},
  sum(CASE WHEN month BETWEEN DATE '{{ year.first }}' AND DATE '{{ year.last }}' THEN orders ELSE 0 END) > 0 AS ordered_{{ loop.index0 }}{{ "" if loop.last else "," }}
{% endfor %}
FROM customer_months m JOIN people p ON m.customer_id = p.customer_id
WHERE NOT is_pseudo_customer AND month <= DATE '{{ years[-1].last }}'
GROUP BY customer HAVING min(CASE WHEN orders > 0 THEN month END) IS NOT NULL
