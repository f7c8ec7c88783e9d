{# Step 3b: every other line, with the rule that removed it. #}
SELECT file_no, row_no, rule,
  CASE rule WHEN 'unreadable_date' THEN substr(date_cell, 1, 40) WHEN 'unreadable_amount' THEN substr(amount_cell, 1, 40) END AS seen,
  customer_id, order_id, product_id, order_date, qty_e3, raw_amount_e4
FROM judged WHERE rule IS NOT NULL
UNION ALL
SELECT file_no, row_no, 'unreadable_line' AS rule, substr(reason, 1, 40) AS seen,
  CAST(NULL AS STRING) AS customer_id, CAST(NULL AS STRING) AS order_id, CAST(NULL AS STRING) AS product_id,
  CAST(NULL AS DATE) AS order_date, CAST(NULL AS BIGINT) AS qty_e3, CAST(NULL AS BIGINT) AS raw_amount_e4
FROM unreadable_lines
