-- What an import has brought before, letter by letter: nothing else needs to be known of it, and a whole file may be imported again. A file
-- has no time of sending and says 0, which is later than nothing, whatever time is kept. What the stream repeats is little, and not worth
-- another look at all lines: it is found where changes are.
CREATE TEMP TABLE already AS
SELECT
  landing.landing_id,
  landing.source,
  landing.copied_at
FROM intake.landing
INNER JOIN mart.sales_line ON landing.invoiceno = sales_line.invoice_no AND landing.lineid = sales_line.line_id
WHERE
  landing.source IS NOT NULL
  AND landing.sentat IN ('0', CAST(sales_line.sent_at AS VARCHAR(20)))
  AND landing.stockcode = sales_line.stock_code
  AND COALESCE(landing.description, '') = COALESCE(sales_line.description, '')
  AND landing.quantity = CAST(sales_line.quantity AS VARCHAR(11))
  AND landing.invoicedate = TO_CHAR(sales_line.invoice_ts, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  AND landing.unitprice = CAST(sales_line.unit_price AS VARCHAR(14))
  AND COALESCE(landing.customerid, '') = COALESCE(sales_line.customer_id, '')
  AND landing.country = sales_line.country;
