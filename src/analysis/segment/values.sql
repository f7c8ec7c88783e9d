{# G3: what each customer brought in the window, net of what came back in it. #}
SELECT customer_id, CAST(sum(amount_e4) AS BIGINT) AS revenue_e4,
  CASE WHEN count(contribution_e4) = count(*) THEN CAST(sum(contribution_e4) AS BIGINT) END AS contribution_e4
FROM order_lines WHERE order_date > DATE '{{ after }}' AND NOT is_pseudo_customer GROUP BY customer_id
