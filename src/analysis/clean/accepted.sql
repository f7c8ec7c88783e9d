{# Step 3a: the lines that no rule removed. #}
WITH crowds AS (
  SELECT customer_id AS crowd FROM judged WHERE rule IS NULL AND customer_name IS NOT NULL
  GROUP BY customer_id HAVING count(DISTINCT customer_name) >= {{ many_names_from }}
)
SELECT file_no, row_no, customer_id, customer_name, order_date, order_hour, order_id, product_id, product_name, category, region,
  channel, sales_rep, industry, line_kind,
  is_pseudo_customer OR crowd IS NOT NULL AS is_pseudo_customer,
  qty_e3, unit_price_e4, discount_e4, raw_amount_e4, amount_e4, contribution_e4, promised_date, delivered_date, due_pay_date, paid_date
FROM judged LEFT JOIN crowds ON customer_id = crowd
WHERE rule IS NULL
