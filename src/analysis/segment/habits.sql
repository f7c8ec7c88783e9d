{# G3: sums of the orders of each customer; by half where asked: its first, third … order, and its second, fourth … #}
SELECT customer_id,{% if halves %} CAST(place % 2 AS BIGINT) AS half,{% endif %}

  count(*) AS orders, {{ quantile("sales_e4", 0.5) }} AS median_e4, CAST(sum(lines) AS BIGINT) AS lines,
  count(gap_days) AS gaps, CAST(coalesce(sum(gap_days), 0) AS BIGINT) AS gap_days,
  CAST(coalesce(sum(gap_days * gap_days), 0) AS BIGINT) AS gap_squares,
  count(order_hour) AS timed_orders,
  count(CASE WHEN order_hour < {{ morning_before }} THEN 1 END) AS morning_orders,
  count(CASE WHEN order_hour >= {{ evening_from }} THEN 1 END) AS evening_orders,
  {% for day in range(7) %}

  count(CASE WHEN weekday = {{ day }} THEN 1 END) AS weekday_{{ day }},
  {% endfor %}
  {% for kind in kinds %}

  CAST(sum({{ kind }}_lines) AS BIGINT) AS {{ kind }}_lines,
  {% for place in range(1, levels + 1) %}

  CAST(sum({{ kind }}_{{ place }}) AS BIGINT) AS {{ kind }}_{{ place }},
  {% endfor %}
  {% endfor %}

  CAST(sum(discount_lines) AS BIGINT) AS discount_lines, CAST(coalesce(sum(discount_e4), 0) AS BIGINT) AS discount_e4
FROM habit_orders{% if halves %} WHERE orders_in_all >= {{ min_orders }}{% endif %}

GROUP BY customer_id{% if halves %}, place % 2{% endif %}
