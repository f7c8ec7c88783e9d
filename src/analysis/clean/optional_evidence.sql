{# What the cells of one optional table say, file by file, about the order of day and month, the decimal sign and percentages. #}
{% from "clean/cells.sql" import decimal_comma, decimal_point, first_part, second_part, xxy with context %}
{% macro first(cell) %}CASE WHEN {{ matches(cell, xxy) }} THEN {{ first_part(cell) }} ELSE 0 END{% endmacro %}
{% macro second(cell) %}CASE WHEN {{ matches(cell, xxy) }} THEN {{ second_part(cell) }} ELSE 0 END{% endmacro %}
{% macro surely(day, month) %}max(CASE WHEN {{ day }} BETWEEN 13 AND 31 AND {{ month }} BETWEEN 1 AND 12 THEN 1 ELSE 0 END){% endmacro %}
WITH cells AS (
  SELECT file_no{% for column in dates + numbers %}, {{ trimmed(column) }} AS {{ column }}{% endfor %}

  FROM optional_rows
)
SELECT file_no
  , CAST({% for column in dates %}{{ surely(first(column), second(column)) }} + {% endfor %}0 AS BIGINT) AS day_first
  , CAST({% for column in dates %}{{ surely(second(column), first(column)) }} + {% endfor %}0 AS BIGINT) AS month_first
  , CAST({% for column in numbers %}max({{ decimal_comma(column) }}) + {% endfor %}0 AS BIGINT) AS decimal_commas
  , CAST({% for column in numbers %}max({{ decimal_point(column) }}) + {% endfor %}0 AS BIGINT) AS decimal_points
{% for column in ratios %}
  , max(CASE WHEN {{ matches(column, "[0-9]{1,3}([.][0-9]{0,20})?") }} THEN CAST({{ column }} AS DOUBLE) END) AS largest_{{ column }}
{% endfor %}
FROM cells GROUP BY file_no ORDER BY file_no
