{# C2: what happened to each customer in each month of its order lines: whole numbers that drivers are sums of.

   The price paid for a unit stands against the mean of what all customers paid for the product, on the logarithm, in
   millionths: in the year up to its day, and in the year that ended before the months of the drivers. A blank discount counts as none in a file that writes discounts elsewhere. #}
WITH telling AS (SELECT file_no FROM order_lines GROUP BY file_no HAVING count(discount_e4) > 0),
sold AS (
  SELECT s.customer_id, s.order_date, s.product_id, s.category, s.sales_rep, s.amount_e4,
    CAST(date_trunc('month', s.order_date) AS DATE) AS month,
    {{ days("DATE '1900-01-01'", "s.order_date") }} AS day,
    CASE WHEN s.qty_e3 > 0 AND s.amount_e4 > 0 THEN CAST(round(1000000 * ln(CAST(s.amount_e4 AS DOUBLE) / s.qty_e3)) AS BIGINT) END AS log_price_e6,
    CASE WHEN t.file_no IS NOT NULL THEN least(greatest(coalesce(s.discount_e4, 0), 0), {{ e4 - 1 }}) END AS discount_e4
  FROM order_lines s LEFT JOIN telling t ON s.file_no = t.file_no
  WHERE s.line_kind = 'sale' AND NOT s.is_pseudo_customer AND s.order_date < DATE '{{ until }}'
),
compared AS (
  SELECT *,
    log_price_e6 - avg(log_price_e6) OVER (PARTITION BY product_id ORDER BY day RANGE BETWEEN {{ year_days }} PRECEDING AND CURRENT ROW) AS level_e6,
    log_price_e6 - avg(log_price_e6) OVER (
      PARTITION BY product_id ORDER BY day RANGE BETWEEN {{ memory_days + year_days }} PRECEDING AND {{ memory_days + 1 }} PRECEDING
    ) AS rise_e6
  FROM sold
)
SELECT customer_id, month,
  count(DISTINCT order_date) AS orders, count(DISTINCT category) AS kinds, CAST(sum(amount_e4) AS BIGINT) AS bought_e4,
  CAST(coalesce(sum(CASE WHEN rise_e6 IS NOT NULL THEN amount_e4 END), 0) AS BIGINT) AS compared_e4,
  CAST(coalesce(sum(CAST(round(amount_e4 * rise_e6 / 1000000) AS BIGINT)), 0) AS BIGINT) AS rise_e4,
  CAST(coalesce(sum(CASE WHEN level_e6 IS NOT NULL THEN amount_e4 END), 0) AS BIGINT) AS priced_e4,
  CAST(coalesce(sum(CAST(round(amount_e4 * level_e6 / 1000000) AS BIGINT)), 0) AS BIGINT) AS level_e4,
  CAST(coalesce(sum(CASE WHEN discount_e4 IS NOT NULL THEN amount_e4 END), 0) AS BIGINT) AS told_e4,
  CAST(coalesce(sum(CAST(round(CAST(amount_e4 AS DOUBLE) * discount_e4 / ({{ e4 }} - discount_e4)) AS BIGINT)), 0) AS BIGINT) AS let_off_e4,
  substr(max(CAST(order_date AS STRING) || sales_rep), 11) AS sales_rep
FROM compared GROUP BY customer_id, month
