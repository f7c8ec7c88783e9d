{# Step 4b: which part of a purchase day came back on which day, at the price of the purchase. See stack.sql. #}
WITH met AS (
  SELECT s.customer_id, s.order_date, s.file_no, s.row_no, s.amount_e4, s.contribution_e4, s.size, s.level, s.base,
    r.order_date AS return_date, r.move_no,
    least(s.level, min(r.level) OVER (PARTITION BY s.file_no, s.row_no ORDER BY r.move_no ROWS UNBOUNDED PRECEDING)) AS low
  FROM stack s JOIN stack r ON s.customer_id = r.customer_id AND s.product_id = r.product_id
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
    returned_e4 - coalesce(lag(returned_e4) OVER (PARTITION BY file_no, row_no ORDER BY move_no), 0) AS piece_e4,
    contribution_e4 - coalesce(lag(contribution_e4) OVER (PARTITION BY file_no, row_no ORDER BY move_no), 0) AS contribution_e4
  FROM parts
)
SELECT customer_id, order_date, return_date,
  CAST(sum(piece_e4) AS BIGINT) AS returned_e4,
  CASE WHEN count(contribution_e4) = count(*) THEN CAST(sum(contribution_e4) AS BIGINT) END AS contribution_e4
FROM pieces GROUP BY customer_id, order_date, return_date HAVING sum(piece_e4) > 0
