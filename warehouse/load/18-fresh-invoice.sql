CREATE TEMP TABLE fresh_invoice AS
SELECT
  summed.invoice_no,
  summed.day,
  summed.hour,
  calendar.year,
  calendar.quarter,
  calendar.month,
  calendar.week,
  calendar.weekday,
  summed.country,
  summed.customer_id,
  summed.cancelled,
  summed.revenue,
  summed.units,
  summed.lines
FROM (
  SELECT
    sales_line.invoice_no,
    sales_line.day,
    sales_line.hour,
    sales_line.country,
    sales_line.customer_id,
    sales_line.cancelled,
    CAST(SUM(sales_line.amount) AS DECIMAL(18, 3)) AS revenue,
    CAST(SUM(sales_line.quantity) AS BIGINT) AS units,
    CAST(COUNT(*) AS INTEGER) AS lines
  FROM touched_invoice
  INNER JOIN mart.sales_line ON touched_invoice.invoice_no = sales_line.invoice_no
  GROUP BY
    sales_line.invoice_no, sales_line.day, sales_line.hour, sales_line.country, sales_line.customer_id, sales_line.cancelled
) AS summed
INNER JOIN mart.calendar ON summed.day = calendar.day;
