{# G3: the purchases of the window order by order; all lines of a customer on one day are one order. #}
SELECT *, row_number() OVER (PARTITION BY customer ORDER BY order_date) AS place,
  count(*) OVER (PARTITION BY customer) AS orders_in_all,
  {{ days("lag(order_date) OVER (PARTITION BY customer ORDER BY order_date)", "order_date") }} AS gap_days
FROM (
  SELECT customer, order_date, CAST(max(weekday) AS SMALLINT) AS weekday, CAST(min(order_hour) AS SMALLINT) AS order_hour,
    CAST(sum(amount_e4) AS BIGINT) AS sales_e4, CAST(count(*) AS INT) AS lines,
    {% for kind in kinds %}

    CAST(count({{ kind }}) AS INT) AS {{ kind }}_lines,
    {% for place in range(1, levels + 1) %}

    CAST(count(CASE WHEN {{ kind }}_place = {{ place }} THEN 1 END) AS INT) AS {{ kind }}_{{ place }},
    {% endfor %}
    {% endfor %}

    CAST(count(discount_e4) AS INT) AS discount_lines, CAST(sum(discount_e4) AS BIGINT) AS discount_e4
  FROM bought GROUP BY customer, order_date
) AS made
