{# Step 4a: each return takes back the latest units of that product that the customer bought before it and still has.

   Picture a stack of units for each customer and product. A sale puts units on top, a return takes them off.
   `level` is the height of the stack after a move and `base` the height before it; a sale's units lie between its
   base and its level, and come back as the stack later falls below them. A return with nothing to take stays untied.
   A return never looks ahead, so that the matches up to any day are those of the data up to that day. Lines of one
   day follow each other by what they say, not by where they stand: files may come in another order. #}
{% set thing = "(PARTITION BY customer_id, coalesce(product_id, ''))" %}
{% set turn = "PARTITION BY customer_id, product_id ORDER BY order_date, CASE WHEN line_kind = 'return' THEN 1 ELSE 0 END, size, amount_e4, coalesce(contribution_e4, 0), file_no, row_no" %}
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
)
SELECT customer_id, product_id, order_date, file_no, row_no, line_kind, amount_e4, contribution_e4, size, move_no, level,
  coalesce(lag(level) OVER (PARTITION BY customer_id, product_id ORDER BY move_no), 0) AS base
FROM levelled
