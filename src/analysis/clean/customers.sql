{# Step 7: one row a customer; its name, region, industry and sales rep are those of its latest line that has one. #}
{% macro latest(column) %}max_by({{ column }}, CASE WHEN {{ column }} IS NOT NULL THEN moment END){% endmacro %}
WITH lines AS (
  SELECT *, CAST(order_date AS STRING) || lpad(CAST(file_no AS STRING), 8, '0') || lpad(CAST(row_no AS STRING), 12, '0') AS moment
  FROM judged WHERE rule IS NULL
),
people AS (SELECT DISTINCT customer_id, is_pseudo_customer FROM order_lines)
SELECT l.customer_id, coalesce({{ latest("customer_name") }}, l.customer_id) AS customer_name,
  {{ latest("region") }} AS region, {{ latest("industry") }} AS industry, {{ latest("sales_rep") }} AS sales_rep,
  max(CASE WHEN p.is_pseudo_customer THEN 1 ELSE 0 END) = 1 AS is_pseudo_customer,
  min(order_date) AS first_order_date, max(order_date) AS last_order_date
FROM lines l JOIN people p ON l.customer_id = p.customer_id
GROUP BY l.customer_id
