-- What goes from fact_invoice and what comes into it: all rows of touched invoices as they were, and as they are. Sums of rollups follow by
-- the difference, so that a load costs what it brings and not what there is. "parts" are the rows of an invoice on its side.
CREATE TEMP TABLE moved AS
SELECT
  -1 AS sign,
  COUNT(*) OVER (PARTITION BY fact_invoice.invoice_no) AS parts,
  fact_invoice.invoice_no,
  fact_invoice.day,
  fact_invoice.hour,
  fact_invoice.year,
  fact_invoice.quarter,
  fact_invoice.month,
  fact_invoice.week,
  fact_invoice.weekday,
  fact_invoice.country,
  fact_invoice.customer_id,
  fact_invoice.cancelled,
  fact_invoice.revenue,
  fact_invoice.units,
  fact_invoice.lines
FROM touched_invoice
INNER JOIN mart.fact_invoice ON touched_invoice.invoice_no = fact_invoice.invoice_no
UNION ALL
SELECT
  1 AS sign,
  COUNT(*) OVER (PARTITION BY fresh_invoice.invoice_no) AS parts,
  fresh_invoice.invoice_no,
  fresh_invoice.day,
  fresh_invoice.hour,
  calendar.year,
  calendar.quarter,
  calendar.month,
  calendar.week,
  calendar.weekday,
  fresh_invoice.country,
  fresh_invoice.customer_id,
  fresh_invoice.cancelled,
  fresh_invoice.revenue,
  fresh_invoice.units,
  fresh_invoice.lines
FROM fresh_invoice
INNER JOIN mart.calendar ON fresh_invoice.day = calendar.day;
