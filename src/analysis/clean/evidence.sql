{# What each file's own cells say about the order of day and month, the decimal sign and the discount. #}
{% from "clean/cells.sql" import decimal_comma, decimal_point, first_part, second_part, xxy with context %}

WITH trimmed_cells AS (
  SELECT file_no, amount, unit_price, discount, {{ trimmed("order_date") }} AS cell,
    CASE WHEN order_date IS NULL AND coalesce(customer_id, customer_name) IS NULL AND coalesce(product_id, product_name) IS NOT NULL
      THEN 1 ELSE 0 END AS is_headless
  FROM lines
),
open_cells AS (SELECT *, {{ matches("cell", xxy) }} AS is_open FROM trimmed_cells),
cells AS (
  SELECT *, CASE WHEN is_open THEN {{ first_part("cell") }} END AS a,
    CASE WHEN is_open THEN {{ second_part("cell") }} END AS b
  FROM open_cells
)
SELECT file_no,
  CAST(count(*) AS BIGINT) AS lines,
  CAST(sum(is_headless) AS BIGINT) AS headless_lines,
  CAST(count(a) AS BIGINT) AS open_dates,
  CAST(sum(CASE WHEN a BETWEEN 13 AND 31 AND b BETWEEN 1 AND 12 THEN 1 ELSE 0 END) AS BIGINT) AS day_first,
  CAST(sum(CASE WHEN b BETWEEN 13 AND 31 AND a BETWEEN 1 AND 12 THEN 1 ELSE 0 END) AS BIGINT) AS month_first,
  CAST(sum(CASE WHEN a <> b AND a <= 12 AND b <= 12 THEN 1 ELSE 0 END) AS BIGINT) AS either_way,
  CAST(sum({{ decimal_comma(trimmed("amount")) }} + {{ decimal_comma(trimmed("unit_price")) }}) AS BIGINT) AS decimal_commas,
  CAST(sum({{ decimal_point(trimmed("amount")) }} + {{ decimal_point(trimmed("unit_price")) }}) AS BIGINT) AS decimal_points,
  max(CASE WHEN {{ matches(trimmed("discount"), "[0-9]{1,6}([.][0-9]{0,20})?") }} THEN CAST({{ trimmed("discount") }} AS DOUBLE) END) AS largest_discount
FROM cells GROUP BY file_no ORDER BY file_no
