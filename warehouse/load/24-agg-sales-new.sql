-- The average is revenue per invoice in whole mills, half a mill away from zero: exact, as a division of decimals is not in every engine.
INSERT INTO mart.agg_sales (
  grouping_name, group_key, year, quarter, month, week, day, weekday, hour, country, customer_id, cancelled,
  revenue, units, lines, invoices, customers, average_invoice
)
SELECT
  grouping_name,
  group_key,
  year,
  quarter,
  month,
  week,
  day,
  weekday,
  hour,
  country,
  customer_id,
  cancelled,
  revenue,
  units,
  lines,
  invoices,
  customers,
  CAST(
    CAST(
      CASE
        WHEN revenue < 0 THEN -((2 * CAST(-revenue * 1000 AS BIGINT) + invoices) / (2 * invoices))
        ELSE (2 * CAST(revenue * 1000 AS BIGINT) + invoices) / (2 * invoices)
      END AS DECIMAL(18, 0)
    ) * 0.001 AS DECIMAL(18, 3)
  ) AS average_invoice
FROM measured;
