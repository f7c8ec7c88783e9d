{# G11: what each customer paid against list prices, and the price tier of what it chose, order by order.

   The list price of a unit is what was paid for it before the discount. Its tier is the share of the category's lines
   at a lower list price, equal ones counted half, in ten-thousandths. #}
WITH priced AS (
  SELECT *, {% if pooled %}'' {% else %}category {% endif %}AS peers,
    CASE WHEN qty_e3 > 0 THEN CAST(round(CAST(amount_e4 AS DOUBLE) * 1000 / qty_e3 * {{ e4 }} / ({{ e4 }} - coalesce(discount_e4, 0))) AS BIGINT)
      WHEN qty_e3 IS NULL THEN unit_price_e4 END AS list_price_e4,
    CAST(round(CAST(amount_e4 AS DOUBLE) * discount_e4 / ({{ e4 }} - discount_e4)) AS BIGINT) AS let_off_e4
  FROM bought
),
prices AS (
  SELECT peers, list_price_e4, count(*) AS lines FROM priced
  WHERE peers IS NOT NULL AND list_price_e4 > 0 GROUP BY peers, list_price_e4
),
tiers AS (
  SELECT peers, list_price_e4, CAST(round({{ e4 }} *
    (sum(lines) OVER (PARTITION BY peers ORDER BY list_price_e4) - CAST(lines AS DOUBLE) / 2) / sum(lines) OVER (PARTITION BY peers)) AS BIGINT) AS tier_e4
  FROM prices
),
orders AS (
  SELECT customer, order_date, CAST(sum(CASE WHEN let_off_e4 IS NOT NULL THEN amount_e4 + let_off_e4 END) AS BIGINT) AS list_e4,
    CAST(sum(let_off_e4) AS BIGINT) AS let_off_e4, CAST(round(avg(tier_e4)) AS BIGINT) AS tier_e4
  FROM priced p LEFT JOIN tiers t ON p.peers = t.peers AND p.list_price_e4 = t.list_price_e4
  GROUP BY customer, order_date
),
summed AS (
  SELECT customer, count(*) AS orders, count(let_off_e4) AS known_orders,
    count(CASE WHEN let_off_e4 >= {{ discount_from }} * list_e4 THEN 1 END) AS discounted_orders,
    CAST(sum(list_e4) AS BIGINT) AS list_e4, CAST(sum(let_off_e4) AS BIGINT) AS let_off_e4,
    count(tier_e4) AS tier_orders, CAST(coalesce(sum(tier_e4), 0) AS BIGINT) AS tier_e4,
    CAST(coalesce(sum(tier_e4 * tier_e4), 0) AS BIGINT) AS tier_squares
  FROM orders GROUP BY customer
)
SELECT customer_id, customer_name, summed.* FROM summed JOIN people ON summed.customer = people.customer
