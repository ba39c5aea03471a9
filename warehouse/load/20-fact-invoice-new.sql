INSERT INTO mart.fact_invoice (
  invoice_no, day, hour, year, quarter, month, week, weekday, country, customer_id, cancelled, revenue, units, lines
)
SELECT
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
