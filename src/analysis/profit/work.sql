{# V1: how often each kind of work was done for each id, month by month. Orders and lines are counted already. #}
{% macro month_of(day) %}CAST(date_trunc('month', {{ day }}) AS DATE){% endmacro %}
WITH done AS (
{% for activity, times in booked.items() %}
  SELECT customer_id, month, '{{ activity }}' AS activity, CAST({{ times }} AS DOUBLE) AS times, true AS is_known FROM customer_months
  UNION ALL
{% endfor %}
  SELECT m.customer_id, month, 'delivery', CAST(orders AS DOUBLE), true
  FROM customer_months m JOIN customers c ON m.customer_id = c.customer_id WHERE NOT is_pseudo_customer
{% if small_below_e4 is not none %}
  UNION ALL
  SELECT customer_id, month, 'small_order', 1.0, true FROM orders WHERE sales_e4 < {{ small_below_e4 }}
{% endif %}
{% if visits %}
  UNION ALL
  SELECT customer_id, {{ month_of("date") }}, 'visit', 1.0, is_known_customer FROM contacts
  WHERE kind IN ('visit', 'executive')
{% endif %}
{% if minutes %}
  UNION ALL
  SELECT customer_id, {{ month_of("opened_at") }}, 'ticket_minute', minutes, is_known_customer FROM tickets
  WHERE minutes > 0
{% endif %}
)
SELECT customer_id, month, activity, sum(times) AS times, is_known FROM done
WHERE times > 0 AND month BETWEEN DATE '{{ first }}' AND DATE '{{ last }}'
GROUP BY customer_id, month, activity, is_known
