{# One row an entity with events after day `cut`: how many, and what they were worth, as known at the end. #}
SELECT customer_id, CAST(count(*) AS BIGINT) AS events, CAST(sum(value_e4) AS BIGINT) AS value_e4
FROM {{ known }} WHERE day > DATE '{{ cut }}' GROUP BY customer_id
