-- Where touched invoices were and where they are now: every group of a rollup that may have changed holds one of these.
CREATE TEMP TABLE touched_place AS
SELECT
  fact_invoice.day,
  fact_invoice.hour,
  fact_invoice.year,
  fact_invoice.quarter,
  fact_invoice.month,
  fact_invoice.week,
  fact_invoice.weekday,
  fact_invoice.country,
  fact_invoice.customer_id,
  fact_invoice.cancelled
FROM touched_invoice
INNER JOIN mart.fact_invoice ON touched_invoice.invoice_no = fact_invoice.invoice_no
UNION
SELECT
  day,
  hour,
  year,
  quarter,
  month,
  week,
  weekday,
  country,
  customer_id,
  cancelled
FROM fresh_invoice;
