{# Step 7: one row a customer; its name, region, industry and sales rep are those of its latest line that has one. #}
{% macro latest(column) %}max_by({{ column }}, CASE WHEN {{ column }} IS NOT NULL THEN moment END){% endmacro %}
{# The moment: days, file and line of the file in one whole number, which holds 2,999 files of 999,999,999 lines from the year 1 to 9999. #}
WITH lines AS (
  SELECT *, {{ days("DATE '1900-01-01'", "order_date") }} * 3000000000000 + file_no * 1000000000 + row_no AS moment FROM order_lines
)
SELECT customer_id, coalesce({{ latest("customer_name") }}, customer_id) AS customer_name,
  {{ latest("region") }} AS region, {{ latest("industry") }} AS industry, {{ latest("sales_rep") }} AS sales_rep,
  max(CASE WHEN is_pseudo_customer THEN 1 ELSE 0 END) = 1 AS is_pseudo_customer,
  min(order_date) AS first_order_date, max(order_date) AS last_order_date
FROM lines GROUP BY customer_id
