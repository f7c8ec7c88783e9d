{# C2: how often something happened to each customer in each month, or how much of it. #}
SELECT customer_id, CAST(date_trunc('month', {{ day }}) AS DATE) AS month, CAST({{ amount }} AS BIGINT) AS amount
FROM {{ table }} WHERE {{ day }} > DATE '{{ after }}' AND {{ day }} < DATE '{{ until }}'{% if only %} AND {{ only }}{% endif %}

GROUP BY 1, 2
