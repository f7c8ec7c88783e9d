{# G3: orders by weekday, and by hour where the hours are known, else by month of the year. #}
SELECT weekday, {% if hours %}order_hour{% else %}CAST(extract(month FROM order_date) AS INT){% endif %} AS slot, count(*) AS orders
FROM habit_orders{% if hours %} WHERE order_hour IS NOT NULL{% endif %}

GROUP BY 1, 2
