{# C3: bills that are past due by the place of their customer: the first day past due, and the days from the due one to the payment, or
   so far, up to the most that count. A bill is what a customer ordered on one day and is to pay by one day; it is paid
   when all of it is. What a file leaves blank is not paid, if the file tells payments at all. #}
WITH bills AS (
  SELECT p.place, l.due_pay_date, CASE WHEN max(CASE WHEN l.paid_date <= DATE '{{ until }}' THEN 0 ELSE 1 END) = 0 THEN max(l.paid_date)
    ELSE DATE '{{ until }}' END AS known_date
  FROM order_lines l JOIN places p ON l.customer_id = p.customer_id
  WHERE l.line_kind = 'sale' AND l.order_date <= l.due_pay_date AND l.due_pay_date < DATE '{{ until }}'
    AND l.file_no IN (SELECT file_no FROM order_lines WHERE paid_date <= DATE '{{ until }}')
  GROUP BY p.place, l.order_date, l.due_pay_date
)
SELECT CAST(place AS INTEGER) AS place, {{ days("DATE '1970-01-01'", "due_pay_date") }} + 1 AS day,
  greatest(least({{ days("due_pay_date", "known_date") }}, {{ most }}), 0) AS overdue
FROM bills
