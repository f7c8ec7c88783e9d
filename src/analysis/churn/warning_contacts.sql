{# C3: contacts by the place of their customer: from whom, and whether declined. #}
SELECT CAST(p.place AS INTEGER) AS place, {{ days("DATE '1970-01-01'", "CAST(c.date AS DATE)") }} AS day,
  c.initiated_by = 'customer' AS is_theirs, c.initiated_by IS NOT NULL AS is_told, c.outcome = 'declined' AS is_declined,
  c.outcome IS NOT NULL AS has_outcome
FROM contacts c JOIN places p ON c.customer_id = p.customer_id
WHERE c.date <= DATE '{{ until }}'
