-- The average is revenue per invoice in whole mills, half a mill away from zero: divisions of decimals differ between engines.
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
FROM (
  SELECT
    measured.grouping_name,
    measured.group_key,
    measured.year,
    measured.quarter,
    measured.month,
    measured.week,
    measured.day,
    measured.weekday,
    measured.hour,
    measured.country,
    measured.customer_id,
    measured.cancelled,
    measured.revenue,
    measured.units,
    measured.lines,
    measured.parts - COALESCE(counted_again.times, 0) AS invoices,
    measured.customers
  FROM measured
  LEFT JOIN counted_again
    ON measured.grouping_name = counted_again.grouping_name AND measured.group_key = counted_again.group_key
) AS counted;
