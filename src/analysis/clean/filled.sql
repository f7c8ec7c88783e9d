{# Step 0: an order's later lines often leave its number, day and customer blank, as merged cells of a sheet do.

   A line with a product but without order, day and customer belongs to the order above it; a line that repeats the
   order's number but not its day or customer takes them from the order's own line. Nothing else is filled. #}
{% set heads = ["order_date", "customer_id", "customer_name", "sales_rep", "region", "channel", "industry", "status", "line_type", "currency"] %}
WITH blocks AS (
  SELECT *, order_id IS NULL AND order_date IS NULL AND customer_id IS NULL AND customer_name IS NULL
      AND coalesce(product_id, product_name) IS NOT NULL AS continues,
    count(order_id) OVER (PARTITION BY file_no ORDER BY row_no ROWS UNBOUNDED PRECEDING) AS block
  FROM lines
),
orders AS (
  SELECT *, max(order_id) OVER (PARTITION BY file_no, block) AS block_order,
    {% for column in heads %}max(CASE WHEN order_id IS NOT NULL THEN {{ column }} END) OVER (PARTITION BY file_no, block) AS block_{{ column }},
    {% endfor %}
    {% for column in heads[:3] %}min({{ column }}) OVER (PARTITION BY file_no, order_id) AS least_{{ column }},
    max({{ column }}) OVER (PARTITION BY file_no, order_id) AS most_{{ column }}{{ "," if not loop.last }}
    {% endfor %}
  FROM blocks
)
SELECT file_no, row_no,
  CASE WHEN continues THEN block_order ELSE order_id END AS order_id,
  {% for column in heads %}CASE WHEN continues THEN coalesce({{ column }}, block_{{ column }})
    {% if loop.index <= 3 %}WHEN {{ column }} IS NULL AND order_id IS NOT NULL AND least_{{ column }} = most_{{ column }} THEN most_{{ column }}
    {% endif %}ELSE {{ column }} END AS {{ column }},
  {% endfor %}
  {{ others | join(", ") }}, rest_hash
FROM orders
