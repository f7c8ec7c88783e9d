{# Rows of an optional table with the one number of a customer who is listed under several, as the order lines have it. #}
{% macro key(cell) %}CASE WHEN {{ matches(trimmed(cell), "[0-9]+[.]0") }} THEN {{ without("(" ~ trimmed(cell) ~ ")", "[.]0$") }} ELSE {{ trimmed(cell) }} END{% endmacro %}
WITH listed AS (
  SELECT {{ key("customer_id") }} AS number, {{ trimmed("person_id") }} AS person_id, file_no, row_no FROM customer_cells
),
people AS (
  SELECT number, person_id FROM (
    SELECT number, person_id, row_number() OVER (PARTITION BY number ORDER BY file_no, row_no) AS nth FROM listed
  ) AS ranked WHERE nth = 1 AND person_id <> ''
),
numbered AS (
  SELECT *{% for column in customers %}, {{ key(column) }} AS {{ column }}_number{% endfor %}

  FROM optional_cells
)
SELECT n.file_no, n.row_no{% for column in columns %}, {% if column in customers %}coalesce({{ column }}_person.person_id, n.{{ column }}) AS {% else %}n.{% endif %}{{ column }}{% endfor %}

FROM numbered n
{% for column in customers %}
LEFT JOIN people {{ column }}_person ON {{ column }}_person.number = n.{{ column }}_number
{% endfor %}
