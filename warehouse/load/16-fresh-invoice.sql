-- Touched invoices as their lines now have them: a row for each, and more for the few that have two days, hours, countries or customers.
CREATE TEMP TABLE fresh_invoice AS
SELECT
  sales_line.invoice_no,
  sales_line.day,
  sales_line.hour,
  sales_line.country,
  sales_line.customer_id,
  sales_line.cancelled,
  CAST(SUM(sales_line.amount) AS DECIMAL(19, 3)) AS revenue,
  CAST(SUM(sales_line.quantity) AS BIGINT) AS units,
  CAST(COUNT(*) AS BIGINT) AS lines
FROM touched_invoice
INNER JOIN mart.sales_line ON touched_invoice.invoice_no = sales_line.invoice_no
GROUP BY
  sales_line.invoice_no, sales_line.day, sales_line.hour, sales_line.country, sales_line.customer_id, sales_line.cancelled;
