{# Complete order lines: what a line lacks comes from its order, its product, its category, its customer.

   Each related table holds one row a key, so that no join multiplies a line. #}
SELECT l.file_no, l.row_no, l.source_file
{% for column in columns %}
  , {% if sources[column] %}coalesce({{ sources[column] | join(", ") }}) AS {{ column }}{% else %}l.{{ column }}{% endif +%}
{% endfor %}
  , l.rest_hash
FROM lines_as_read l
{% if "order_headers" in tables %}
LEFT JOIN order_headers_once order_headers ON order_headers.join_key = {{ key("l.order_id") }}
{% endif %}
{% if "products" in tables %}
LEFT JOIN products_once products ON products.join_key = {{ key("l.product_id") }}
{% endif %}
{% if "categories" in tables %}
LEFT JOIN categories_once categories ON categories.join_key = {{ key("products.category_id") }}
{% endif %}
{% if "customers" in tables %}
LEFT JOIN customers_once customers ON customers.join_key = {{ key(key_of_customer) }}
{% endif %}
