{# G11: discounts by month, of the lines whose discount is known. #}
SELECT CAST(date_trunc('month', order_date) AS DATE) AS month,
  CAST(sum(amount_e4 + CAST(round(CAST(amount_e4 AS DOUBLE) * discount_e4 / ({{ e4 }} - discount_e4)) AS BIGINT)) AS BIGINT) AS list_e4,
  CAST(sum(CAST(round(CAST(amount_e4 AS DOUBLE) * discount_e4 / ({{ e4 }} - discount_e4)) AS BIGINT)) AS BIGINT) AS let_off_e4
FROM bought WHERE discount_e4 IS NOT NULL GROUP BY 1
