{# G4: sales of the year up to as_of by customer, what is known of it, and the categories that its peers buy and it does not. #}
WITH bought AS (
  SELECT customer_id, category, CAST(sum(amount_e4) AS BIGINT) AS sales_e4 FROM order_lines
  WHERE NOT is_pseudo_customer AND order_date BETWEEN DATE '{{ first }}' AND DATE '{{ last }}' GROUP BY customer_id, category
),
people AS (
  SELECT c.customer_id, c.customer_name, c.region, c.industry, {% if listed %}l.size{% else %}CAST(NULL AS STRING) AS size{% endif %},
    coalesce(b.sales_e4, 0) AS sales_e4
  FROM customers c
  LEFT JOIN (SELECT customer_id, CAST(sum(sales_e4) AS BIGINT) AS sales_e4 FROM bought GROUP BY customer_id) b ON b.customer_id = c.customer_id
{% if listed %}
  LEFT JOIN customer_list l ON l.customer_id = c.customer_id
{% endif %}
  WHERE NOT c.is_pseudo_customer
),
peers AS (
  SELECT customer_id, CASE WHEN count(*) OVER (PARTITION BY industry) >= {{ level_from }} THEN coalesce(industry, '') ELSE '' END AS kind
  FROM people WHERE sales_e4 > 0
),
kinds AS (SELECT kind, count(*) AS customers FROM peers GROUP BY kind),
usual AS (
  SELECT p.kind, b.category, CAST({{ quantile("b.sales_e4", 0.5) }} AS BIGINT) AS median_e4
  FROM peers p JOIN bought b ON b.customer_id = p.customer_id JOIN kinds k ON k.kind = p.kind
  WHERE b.sales_e4 > 0 AND b.category IS NOT NULL
  GROUP BY p.kind, b.category, k.customers HAVING count(*) >= {{ usual_from }} * k.customers
),
missed AS (
  SELECT p.customer_id, u.category, u.median_e4,
    row_number() OVER (PARTITION BY p.customer_id ORDER BY u.median_e4 DESC, u.category) AS nth
  FROM peers p JOIN usual u ON u.kind = p.kind
  LEFT JOIN bought b ON b.customer_id = p.customer_id AND b.category = u.category AND b.sales_e4 > 0
  WHERE b.customer_id IS NULL
),
gaps AS (
  SELECT customer_id, CAST(sum(median_e4) AS BIGINT) AS category_gap_e4, CAST(count(*) AS BIGINT) AS missed_categories,
    max(CASE WHEN nth = 1 THEN category END) AS largest_gap
  FROM missed GROUP BY customer_id
)
SELECT p.*, coalesce(g.category_gap_e4, 0) AS category_gap_e4, coalesce(g.missed_categories, 0) AS missed_categories, g.largest_gap
FROM people p LEFT JOIN gaps g ON g.customer_id = p.customer_id
