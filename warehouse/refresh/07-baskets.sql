-- How many baskets there are: sale invoices. And how many of them are looked at last, because they are the largest: half as many as a pair
-- must be in.
CREATE TEMP TABLE baskets AS
SELECT
  counted.invoices,
  counted.invoices / 200 AS largest
FROM (
  SELECT COUNT(DISTINCT fact_invoice.invoice_no) AS invoices
  FROM mart.fact_invoice
  WHERE NOT fact_invoice.cancelled AND NOT fact_invoice.invoice_no LIKE 'A%' AND EXISTS (SELECT 1 FROM stale)
) AS counted;
