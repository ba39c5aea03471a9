INSERT INTO mart.fact_invoice (
  invoice_no, day, hour, year, quarter, month, week, weekday, country, customer_id, cancelled, revenue, units, lines
)
SELECT
  invoice_no,
  day,
  hour,
  year,
  quarter,
  month,
  week,
  weekday,
  country,
  customer_id,
  cancelled,
  revenue,
  units,
  lines
FROM moved
WHERE sign = 1;
