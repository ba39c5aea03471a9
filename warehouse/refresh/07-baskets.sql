-- How many baskets there are: sale invoices.
CREATE TEMP TABLE baskets AS
SELECT COUNT(DISTINCT invoice_no) AS invoices
FROM mart.fact_invoice
WHERE NOT cancelled AND NOT invoice_no LIKE 'A%' AND EXISTS (SELECT 1 FROM stale);
