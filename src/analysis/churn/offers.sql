{# How many customers got an offer or were held back, and how many of each ordered within the days after. #}
SELECT o.is_treated, count(*) AS customers, CAST(sum(CASE WHEN o.ordered > 0 THEN 1 ELSE 0 END) AS BIGINT) AS ordered
FROM (
  SELECT a.number, a.is_treated,
    sum(CASE WHEN {{ days("DATE '1970-01-01'", "k.day") }} BETWEEN a.day + 1 AND a.day + {{ within }} THEN 1 ELSE 0 END) AS ordered
  FROM offers a LEFT JOIN {{ known }} k ON a.customer_id = k.customer_id
  GROUP BY a.number, a.is_treated
) o
GROUP BY o.is_treated
