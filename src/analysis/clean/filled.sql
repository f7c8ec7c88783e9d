{# Step 0: an order's later lines often leave its number, day and customer blank, as merged cells of a sheet do.

   A line with a product but without order, day and customer belongs to the order above it; a line that repeats the
   order's number but not its day or customer takes them from the order's own line. Nothing else is filled.
   Only the lines that take something are here, with what they take: lines.sql puts it in their blank cells. #}
{% set continues = "order_id IS NULL AND order_date IS NULL AND customer_id IS NULL AND customer_name IS NULL AND coalesce(product_id, product_name) IS NOT NULL" %}
WITH places AS (
  SELECT file_no, row_no, {{ continues }} AS continues,
    max(CASE WHEN order_id IS NOT NULL THEN row_no END) OVER (PARTITION BY file_no ORDER BY row_no ROWS UNBOUNDED PRECEDING) AS head_row
  FROM raw_lines WHERE order_id IS NOT NULL OR ({{ continues }})
),
open_orders AS (
  SELECT DISTINCT file_no, order_id FROM raw_lines
  WHERE order_id IS NOT NULL AND ({% for column in owned %}{{ column }} IS NULL{% if not loop.last %} OR {% endif %}{% endfor %})
),
owners AS (
  SELECT l.file_no, l.order_id{% for column in owned %},
    CASE WHEN min(l.{{ column }}) = max(l.{{ column }}) THEN max(l.{{ column }}) END AS {{ column }}{% endfor %}

  FROM raw_lines l JOIN open_orders o ON l.file_no = o.file_no AND l.order_id = o.order_id GROUP BY l.file_no, l.order_id
)
SELECT p.file_no, p.row_no, h.order_id{% for column in heads %}, h.{{ column }}{% endfor %}

FROM places p JOIN raw_lines h ON p.file_no = h.file_no AND p.head_row = h.row_no WHERE p.continues
UNION ALL
SELECT l.file_no, l.row_no, l.order_id{% for column in heads %}, {% if column in owned %}o.{{ column }}{% else %}l.{{ column }}{% endif %}{% endfor %}

FROM raw_lines l JOIN owners o ON l.file_no = o.file_no AND l.order_id = o.order_id
WHERE {% for column in owned %}l.{{ column }} IS NULL AND o.{{ column }} IS NOT NULL{% if not loop.last %} OR {% endif %}{% endfor %}

