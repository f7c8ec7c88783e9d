{# G4: every told wallet beside what the customer bought from us in the same category and calendar year. #}
WITH told AS (
  SELECT customer_id, {% if by_category %}category{% else %}CAST(NULL AS STRING) AS category{% endif %},
    CAST(period AS INTEGER) AS wallet_year, annual_spend_e4, source, confidence, row_no, file_no
  FROM wallet WHERE is_known_customer AND annual_spend_e4 > 0 AND length(period) = 4
),
sold AS (
  SELECT customer_id, category, year(order_date) AS wallet_year, CAST(sum(amount_e4) AS BIGINT) AS sales_e4
  FROM order_lines WHERE NOT is_pseudo_customer AND customer_id IN (SELECT customer_id FROM told)
  GROUP BY customer_id, category, year(order_date)
),
whole AS (
  SELECT customer_id, wallet_year, CAST(sum(sales_e4) AS BIGINT) AS sales_e4 FROM sold GROUP BY customer_id, wallet_year
),
sorts AS (SELECT DISTINCT category FROM order_lines WHERE category IS NOT NULL)
SELECT t.customer_id, c.customer_name, t.category, t.wallet_year, t.annual_spend_e4, t.source, t.confidence, t.file_no, t.row_no,
  coalesce(CASE WHEN t.category IS NULL THEN w.sales_e4 ELSE s.sales_e4 END, 0) AS sales_e4, coalesce(w.sales_e4, 0) AS year_sales_e4,
  t.category IS NULL OR k.category IS NOT NULL AS is_sold
FROM told t
JOIN customers c ON c.customer_id = t.customer_id AND NOT c.is_pseudo_customer
LEFT JOIN sold s ON s.customer_id = t.customer_id AND s.category = t.category AND s.wallet_year = t.wallet_year
LEFT JOIN whole w ON w.customer_id = t.customer_id AND w.wallet_year = t.wallet_year
LEFT JOIN sorts k ON k.category = t.category
