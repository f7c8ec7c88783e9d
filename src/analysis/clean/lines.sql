{# The lines as read, with what filled.sql has found for their blank cells. Lines that take nothing stay untouched. #}
SELECT r.file_no, r.row_no, r.order_id, {% for column in heads + others %}r.{{ column }}, {% endfor %}r.rest_hash
FROM raw_lines r WHERE NOT EXISTS (SELECT 1 FROM filled f WHERE r.file_no = f.file_no AND r.row_no = f.row_no)
UNION ALL
SELECT r.file_no, r.row_no, coalesce(r.order_id, f.order_id) AS order_id,
  {% for column in heads %}coalesce(r.{{ column }}, f.{{ column }}) AS {{ column }}, {% endfor %}
  {% for column in others %}r.{{ column }}, {% endfor %}r.rest_hash
FROM raw_lines r JOIN filled f ON r.file_no = f.file_no AND r.row_no = f.row_no
