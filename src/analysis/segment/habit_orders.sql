{# G3: the purchases of the window order by order; all lines of a customer on one day are one order. #}
SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY order_date) AS place,
  count(*) OVER (PARTITION BY customer_id) AS orders_in_all,
  {{ days("lag(order_date) OVER (PARTITION BY customer_id ORDER BY order_date)", "order_date") }} AS gap_days
FROM (
  SELECT customer_id, order_date, max(weekday) AS weekday, min(order_hour) AS order_hour,
    CAST(sum(amount_e4) AS BIGINT) AS sales_e4, count(*) AS lines,
    {% for kind in kinds %}

    count({{ kind }}) AS {{ kind }}_lines,
    {% for place in range(1, levels + 1) %}

    count(CASE WHEN {{ kind }}_place = {{ place }} THEN 1 END) AS {{ kind }}_{{ place }},
    {% endfor %}
    {% endfor %}

    count(discount_e4) AS discount_lines, CAST(sum(discount_e4) AS BIGINT) AS discount_e4
  FROM bought GROUP BY customer_id, order_date
) AS made
