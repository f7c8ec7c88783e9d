{# V1: how often each kind of work was done for each id and month. Orders and lines are counted already. #}
{% macro month_of(day) %}CAST(date_trunc('month', {{ day }}) AS DATE){% endmacro %}
{% macro once(kind, times) %}{% for one in kinds %}, CAST({{ times if one == kind else 0 }} AS DOUBLE) AS {{ one }}_times{% endfor %}{% endmacro %}
WITH done AS (
  SELECT m.customer_id, month, true AS is_known
    {% for kind in kinds %}, CAST({{ booked.get(kind, 0) }} AS DOUBLE) AS {{ kind }}_times{% endfor %}

  FROM customer_months m JOIN customers c ON m.customer_id = c.customer_id
{% if small_below_e4 is not none %}
  UNION ALL
  SELECT customer_id, month, true{{ once("small_order", 1) }} FROM orders WHERE sales_e4 < {{ small_below_e4 }}
{% endif %}
{% if visits %}
  UNION ALL
  SELECT customer_id, {{ month_of("date") }}, is_known_customer{{ once("visit", 1) }} FROM contacts WHERE kind IN ('visit', 'executive')
{% endif %}
{% if minutes %}
  UNION ALL
  SELECT customer_id, {{ month_of("opened_at") }}, is_known_customer{{ once("ticket_minute", "minutes") }} FROM tickets WHERE minutes > 0
{% endif %}
)
SELECT CASE WHEN is_known THEN customer_id END AS customer_id, month, is_known{% for kind in kinds %}, sum({{ kind }}_times) AS {{ kind }}_times{% endfor %}

FROM done WHERE month BETWEEN DATE '{{ first }}' AND DATE '{{ last }}'
GROUP BY done.customer_id, month, is_known
