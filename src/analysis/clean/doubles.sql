{# Step 2a: lines that are here twice, each with the rule that removes it.

   Two exports that overlap: a line of an order that an earlier file holds as well; without order ids, a day half of
   whose lines an earlier file holds as well; and within one file a run of repeated lines of several orders, as where
   two exports were put one below the other. Other repeated lines are duplicates. #}
{% set content = ["customer_id", "order_id", "line_id", "order_date", "order_hour", "product_id", "qty_e3", "unit_price_e4", "raw_amount_e4"] %}
{% set wording = ["customer_name", "product_name", "category", "region", "channel", "sales_rep", "line_type", "status", "date_cell", "rest_hash"] %}
{# The same words, however they are written: a name without its width, case, spaces and signs, a day without its form. #}
{% macro plain(column) %}{% if column == "customer_name" %}replace({{ without("translate(upper(customer_name), '" ~ wide ~ "', '" ~ narrow ~ "')",
  "[ \u00a0\u3000.,&()-]") }}, '有限责任公司', '有限公司'){% elif column == "date_cell" %}{{ part("date_cell", "[ T]([0-9][0-9:.]*)", 1) }}{% else %}{{ column }}{% endif %}{% endmacro %}
{% set wide = "ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ０１２３４５６７８９．，＆（）－" %}
{% set narrow = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,&()-" %}
{% set is_line = "(customer_id IS NOT NULL OR order_id IS NOT NULL OR product_id IS NOT NULL) AND order_date IS NOT NULL" %}

{# All lines are read three times from disk: as one WITH they would be kept in memory. #}
WITH repeated AS (
  SELECT {{ row_hash(content) }} AS content_hash FROM typed WHERE {{ is_line }} GROUP BY {{ row_hash(content) }} HAVING count(*) > 1
),
copies AS (
  SELECT file_no, row_no, order_id, order_date,
    min(file_no) OVER (PARTITION BY {{ content | join(", ") }}) AS first_file,
    row_number() OVER (PARTITION BY file_no, {{ content | join(", ") }}{% for column in wording %}, {{ plain(column) }}{% endfor %} ORDER BY row_no) AS own_copy_no
  FROM typed WHERE {{ is_line }} AND {{ row_hash(content) }} IN (SELECT content_hash FROM repeated)
),
islands AS (
  SELECT *, row_no - row_number() OVER (PARTITION BY file_no ORDER BY row_no) AS island
  FROM copies WHERE own_copy_no > 1 AND order_id IS NOT NULL
),
blocks AS (
  SELECT file_no, island FROM islands GROUP BY file_no, island HAVING count(DISTINCT order_id) > 1 AND count(*) >= {{ overlap_from_lines }}
),
days AS (
  SELECT file_no, order_date, count(*) AS lines FROM typed WHERE {{ is_line }} AND order_id IS NULL GROUP BY file_no, order_date
),
days_twice AS (
  SELECT d.file_no, d.order_date FROM days d
  JOIN (SELECT file_no, order_date, count(*) AS lines FROM copies
        WHERE order_id IS NULL AND first_file < file_no GROUP BY file_no, order_date) c
    ON d.file_no = c.file_no AND d.order_date = c.order_date AND 2 * c.lines >= d.lines AND c.lines >= {{ overlap_from_lines }}
),
doubles AS (
  SELECT c.file_no, c.row_no,
    CASE WHEN c.first_file < c.file_no AND (c.order_id IS NOT NULL OR t.file_no IS NOT NULL) THEN 'export_overlap'
         WHEN b.file_no IS NOT NULL THEN 'export_overlap'
         WHEN c.own_copy_no > 1 {% if keep_duplicates %}AND FALSE {% endif %}THEN 'exact_duplicate' END AS double_rule
  FROM copies c
  LEFT JOIN islands i ON c.file_no = i.file_no AND c.row_no = i.row_no
  LEFT JOIN blocks b ON i.file_no = b.file_no AND i.island = b.island
  LEFT JOIN days_twice t ON c.file_no = t.file_no AND c.order_date = t.order_date
)
SELECT file_no, row_no, double_rule FROM doubles WHERE double_rule IS NOT NULL
