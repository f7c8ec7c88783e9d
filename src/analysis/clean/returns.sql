{# Step 4: each return takes back the latest units of that product that the customer bought before it and still has.

   Picture a stack of units for each customer and product. A sale puts units on top, a return takes them off.
   `level` is the height of the stack after a move and `base` the height before it; a sale's units lie between its
   base and its level, and come back as the stack later falls below them. A return with nothing to take stays untied.
   A return never looks ahead, so that the matches up to any day are those of the data up to that day. #}
{% set thing = "(PARTITION BY customer_id, coalesce(product_id, ''))" %}
{% set turn = "PARTITION BY customer_id, product_id ORDER BY order_date, CASE WHEN line_kind = 'return' THEN 1 ELSE 0 END, file_no, row_no" %}
WITH moves AS (
  SELECT customer_id, coalesce(product_id, '') AS product_id, order_date, file_no, row_no, line_kind, amount_e4, contribution_e4,
    CASE WHEN count(qty_e3) OVER {{ thing }} = count(*) OVER {{ thing }} THEN qty_e3 ELSE amount_e4 END AS size,
    max(CASE WHEN line_kind = 'return' THEN 1 ELSE 0 END) OVER {{ thing }} AS has_return
  FROM order_lines WHERE line_kind <> 'free' AND NOT is_pseudo_customer
),
stacked AS (
  SELECT *,
    row_number() OVER ({{ turn }}) AS move_no,
    CAST(sum(size) OVER ({{ turn }} ROWS UNBOUNDED PRECEDING) AS BIGINT) AS height
  FROM moves WHERE has_return = 1 AND size <> 0
),
levelled AS (
  SELECT *, height - least(0, min(height) OVER (PARTITION BY customer_id, product_id ORDER BY move_no ROWS UNBOUNDED PRECEDING)) AS level
  FROM stacked
),
placed AS (
  SELECT *, coalesce(lag(level) OVER (PARTITION BY customer_id, product_id ORDER BY move_no), 0) AS base FROM levelled
),
met AS (
  SELECT s.customer_id, s.order_date, s.file_no, s.row_no, s.amount_e4, s.contribution_e4, s.size, s.level, s.base,
    r.order_date AS return_date, r.move_no,
    least(s.level, min(r.level) OVER (PARTITION BY s.file_no, s.row_no ORDER BY r.move_no ROWS UNBOUNDED PRECEDING)) AS low
  FROM placed s JOIN placed r ON s.customer_id = r.customer_id AND s.product_id = r.product_id
    AND r.move_no > s.move_no AND r.level < s.level
  WHERE s.line_kind = 'sale' AND r.line_kind = 'return'
),
taken AS (
  SELECT *, level - greatest(base, low) AS back FROM met
),
parts AS (
  SELECT customer_id, order_date, return_date, file_no, row_no, move_no,
    CASE WHEN back = size THEN amount_e4 ELSE CAST(round(CAST(amount_e4 AS DOUBLE) * back / size) AS BIGINT) END AS returned_e4,
    CASE WHEN back = size THEN contribution_e4 ELSE CAST(round(CAST(contribution_e4 AS DOUBLE) * back / size) AS BIGINT) END AS contribution_e4
  FROM taken
),
pieces AS (
  SELECT customer_id, order_date, return_date,
    returned_e4 - coalesce(lag(returned_e4) OVER (PARTITION BY file_no, row_no ORDER BY move_no), 0) AS returned_e4,
    contribution_e4 - coalesce(lag(contribution_e4) OVER (PARTITION BY file_no, row_no ORDER BY move_no), 0) AS contribution_e4
  FROM parts
)
SELECT customer_id, order_date, return_date,
  CAST(sum(returned_e4) AS BIGINT) AS returned_e4,
  CASE WHEN count(contribution_e4) = count(*) THEN CAST(sum(contribution_e4) AS BIGINT) END AS contribution_e4
FROM pieces GROUP BY customer_id, order_date, return_date HAVING sum(returned_e4) > 0
ORDER BY customer_id, order_date, return_date
