{# What the cells of one optional table say, file by file, about the order of day and month, the decimal sign and percentages. #}
{% macro cell_of(column) %}({{ trimmed(column) }}){% endmacro %}
{% macro first_part(column) %}CASE WHEN {{ matches(cell_of(column), xxy) }} THEN CAST({{ part(cell_of(column), "^([0-9]{1,2})", 1) }} AS INTEGER) ELSE 0 END{% endmacro %}
{% macro second_part(column) %}CASE WHEN {{ matches(cell_of(column), xxy) }} THEN CAST({{ part(cell_of(column), "^[0-9]{1,2}[-/.]([0-9]{1,2})", 1) }} AS INTEGER) ELSE 0 END{% endmacro %}
SELECT file_no
  , CAST({% for column in dates %}coalesce(max(CASE WHEN {{ first_part(column) }} BETWEEN 13 AND 31 AND {{ second_part(column) }} BETWEEN 1 AND 12 THEN 1 ELSE 0 END), 0) + {% endfor %}0 AS BIGINT) AS day_first
  , CAST({% for column in dates %}coalesce(max(CASE WHEN {{ second_part(column) }} BETWEEN 13 AND 31 AND {{ first_part(column) }} BETWEEN 1 AND 12 THEN 1 ELSE 0 END), 0) + {% endfor %}0 AS BIGINT) AS month_first
  , CAST({% for column in numbers %}coalesce(max(CASE WHEN {{ matches(cell_of(column), ".*[0-9],[0-9]{1,2}[^0-9,.]*") }} THEN 1 ELSE 0 END), 0) + {% endfor %}0 AS BIGINT) AS decimal_commas
  , CAST({% for column in numbers %}coalesce(max(CASE WHEN {{ matches(cell_of(column), ".*[0-9][.]([0-9]{1,2}|[0-9]{4,})[^0-9,.]*|.*[0-9],[0-9]{3}[.].*") }} THEN 1 ELSE 0 END), 0) + {% endfor %}0 AS BIGINT) AS decimal_points
{% for column in ratios %}
  , max(CASE WHEN {{ matches(cell_of(column), "[0-9]{1,3}([.][0-9]{0,20})?") }} THEN CAST({{ cell_of(column) }} AS DOUBLE) END) AS largest_{{ column }}
{% endfor %}
FROM optional_rows GROUP BY file_no ORDER BY file_no
