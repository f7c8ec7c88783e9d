{# G3 and G11: the lines bought in the window, without returns and without ids that stand for many people.

   A blank discount counts as none in a file that writes discounts elsewhere, and is not known in any other.
   The commonest categories and channels by sales are numbered; 1900-01-01 was a Monday. #}
{% macro ranked(column) %}
  SELECT level, place FROM (
    SELECT {{ column }} AS level, row_number() OVER (ORDER BY sum(amount_e4) DESC, {{ column }}) AS place
    FROM sold WHERE {{ column }} IS NOT NULL GROUP BY {{ column }}
  ) AS numbered WHERE place <= {{ levels }}
{% endmacro %}
WITH sold AS (
  SELECT * FROM order_lines WHERE line_kind = 'sale' AND NOT is_pseudo_customer AND order_date > DATE '{{ after }}'
),
category_ranks AS ({{ ranked("category") }}),
channel_ranks AS ({{ ranked("channel") }}),
telling AS (SELECT file_no FROM order_lines GROUP BY file_no HAVING count(discount_e4) > 0)
SELECT p.customer, s.order_date, s.order_hour, s.category, s.channel, s.amount_e4, s.qty_e3, s.unit_price_e4,
  {{ days("DATE '1900-01-01'", "s.order_date") }} % 7 AS weekday,
  g.place AS category_place, c.place AS channel_place,
  CASE WHEN t.file_no IS NOT NULL THEN least(greatest(coalesce(s.discount_e4, 0), 0), {{ e4 - 1 }}) END AS discount_e4
FROM sold s JOIN people p ON s.customer_id = p.customer_id
  LEFT JOIN category_ranks g ON s.category = g.level
  LEFT JOIN channel_ranks c ON s.channel = c.level
  LEFT JOIN telling t ON s.file_no = t.file_no
