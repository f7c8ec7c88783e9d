-- A distributor's order lines, the same for the same number of customers: most customers buy seldom and few often, many come and
-- go within the three years, one id stands for walk-in buyers. One line in 30 comes back, whole or a half of it, on a later day;
-- lines of one product in 25 have no cost. Chance is a hash of the row's own number and of what is drawn.
CREATE MACRO chance(number, drawn) AS (hash(number, drawn) >> 11) / 9007199254740992.0;
CREATE MACRO normal(number, drawn) AS sqrt(-2 * ln(1 - chance(number, drawn || '1'))) * cos(2 * pi() * chance(number, drawn || '2'));

CREATE TABLE people AS
WITH drawn AS (
  SELECT customer, greatest(0, floor((1.6 * chance(customer, 'first') - 0.6) * 1040)) AS first_day, exp(4.4 + 0.9 * normal(customer, 'size')) AS size,
    0.06 * normal(customer, 'margin') AS margin, least(300, 1 + floor(13.5 * (pow(1 - chance(customer, 'orders'), -0.4) - 1))) AS orders
  FROM range(1, $customers + 1) t(customer)
)
SELECT customer, 'C' || lpad(CAST(customer AS VARCHAR), 8, '0') AS customer_id, CAST(first_day AS INTEGER) AS first_day,
  CAST(first_day + floor((1096 - first_day) * pow(chance(customer, 'last'), 0.4)) AS INTEGER) AS last_day, size, margin, CAST(orders AS INTEGER) AS orders
FROM drawn
UNION ALL
SELECT 0, 'walk-in', 0, 1095, 40, 0, $customers // 20 + 1;

CREATE TABLE sales AS
WITH ordered AS (
  SELECT customer, nth, customer * 1000000 + nth AS order_no, size, margin, least(1095, first_day + CAST(floor(chance(order_no, 'day') * (last_day - first_day + 1)) AS INTEGER)) AS day
  FROM (SELECT *, unnest(range(orders)) AS nth FROM people)
),
lined AS (
  SELECT *, order_no * 10 + part AS line_no, CAST(floor(pow(chance(line_no, 'product'), 2) * 5000) AS INTEGER) AS product,
    1 + CAST(floor(12 * pow(chance(line_no, 'qty'), 3)) AS BIGINT) AS qty
  FROM (SELECT *, unnest(range(1 + CAST(floor(2.4 * pow(chance(order_no, 'lines'), 6)) AS INTEGER))) AS part FROM ordered)
)
SELECT customer, order_no, line_no, day, product, qty, 100 * CAST(round(100 * qty * size * exp(0.5 * normal(product, 'price'))) AS BIGINT) AS amount_e4,
  CASE WHEN product % 25 > 0 THEN 100 * CAST(round(amount_e4 / 100 * (0.12 + 0.35 * chance(product, 'cost') + margin + 0.04 * normal(line_no, 'deal'))) AS BIGINT) END AS contribution_e4
FROM lined;

CREATE TABLE back AS
SELECT s.*, day + 1 + CAST(floor(70 * chance(line_no, 'later')) AS INTEGER) AS return_day,
  CASE WHEN qty > 1 AND chance(line_no, 'half') < 0.5 THEN qty // 2 ELSE qty END AS returned,
  CASE WHEN returned = qty THEN amount_e4 ELSE amount_e4 * returned // qty END AS returned_e4,
  CASE WHEN returned = qty THEN contribution_e4 ELSE contribution_e4 * returned // qty END AS returned_contribution_e4
FROM sales s WHERE chance(line_no, 'back') < 1 / 30 AND return_day < 1096 AND customer > 0;
