{# G3: sums of the orders of each customer; by half where asked: its first, third … order, and its second, fourth … #}
{% macro whole(sum) %}CAST({{ sum }} AS INT){% endmacro %}
WITH summed AS (
  SELECT customer,{% if halves %} place % 2 AS half,{% endif %}

    {{ whole("count(*)") }} AS orders, {{ quantile("sales_e4", 0.5) }} AS median_e4, {{ whole("sum(lines)") }} AS lines,
    {{ whole("count(gap_days)") }} AS gaps, {{ whole("coalesce(sum(gap_days), 0)") }} AS gap_days,
    CAST(coalesce(sum(gap_days * gap_days), 0) AS BIGINT) AS gap_squares,
    {{ whole("count(order_hour)") }} AS timed_orders,
    {{ whole("count(CASE WHEN order_hour < " ~ morning_before ~ " THEN 1 END)") }} AS morning_orders,
    {{ whole("count(CASE WHEN order_hour >= " ~ evening_from ~ " THEN 1 END)") }} AS evening_orders,
    {% for day in range(7) %}

    {{ whole("count(CASE WHEN weekday = " ~ day ~ " THEN 1 END)") }} AS weekday_{{ day }},
    {% endfor %}
    {% for kind in kinds %}

    {{ whole("sum(" ~ kind ~ "_lines)") }} AS {{ kind }}_lines,
    {% for place in range(1, levels + 1) %}

    {{ whole("sum(" ~ kind ~ "_" ~ place ~ ")") }} AS {{ kind }}_{{ place }},
    {% endfor %}
    {% endfor %}

    {{ whole("sum(discount_lines)") }} AS discount_lines, CAST(coalesce(sum(discount_e4), 0) AS BIGINT) AS discount_e4
  FROM habit_orders{% if halves %} WHERE orders_in_all >= {{ min_orders }}{% endif %}

  GROUP BY customer{% if halves %}, place % 2{% endif %}

)
SELECT {% if halves %}summed.* FROM summed{% else %}customer_id, customer_name, region, summed.* FROM summed JOIN people ON summed.customer = people.customer{% endif %}

