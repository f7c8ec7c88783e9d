{# G5: what each customer bought of each category in the year up to as_of, and in the year up to some months before it. #}
SELECT customer_id, category,
  CAST(sum(CASE WHEN order_date BETWEEN DATE '{{ first_before }}' AND DATE '{{ last_before }}' THEN amount_e4 ELSE 0 END) AS BIGINT) AS before_e4,
  CAST(sum(CASE WHEN order_date >= DATE '{{ first }}' THEN amount_e4 ELSE 0 END) AS BIGINT) AS after_e4
FROM order_lines
WHERE NOT is_pseudo_customer AND order_date BETWEEN DATE '{{ first_before }}' AND DATE '{{ last }}'
GROUP BY customer_id, category
