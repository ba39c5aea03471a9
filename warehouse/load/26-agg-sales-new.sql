-- Groups that still have lines, with what their keys say. The average is revenue per invoice in whole mills, half a mill away from zero:
-- divisions of decimals differ between engines. It is the quotient and what twice the remainder comes to, because twice the revenue is more
-- than a BIGINT holds.
INSERT INTO mart.agg_sales (
  grouping_name, group_key, year, quarter, month, week, day, weekday, hour, country, customer_id, cancelled,
  revenue, units, lines, invoices, customers, average_invoice
)
SELECT
  grouping_name,
  group_key,
  CASE WHEN grouping_name = 'YEAR' THEN CAST(group_key AS SMALLINT) END AS year,
  CASE WHEN grouping_name = 'QUARTER' THEN group_key END AS quarter,
  CASE WHEN grouping_name IN ('MONTH', 'MONTH_COUNTRY') THEN LEFT(group_key, 7) END AS month,
  CASE WHEN grouping_name = 'WEEK' THEN group_key END AS week,
  CASE WHEN grouping_name = 'DAY' THEN CAST(group_key AS DATE) END AS day,
  CASE WHEN grouping_name = 'WEEKDAY' THEN CAST(group_key AS SMALLINT) END AS weekday,
  CASE WHEN grouping_name = 'HOUR' THEN CAST(group_key AS SMALLINT) END AS hour,
  CASE grouping_name WHEN 'COUNTRY' THEN group_key WHEN 'MONTH_COUNTRY' THEN SUBSTRING(group_key, 9, 248) END AS country,
  CASE WHEN grouping_name = 'CUSTOMER' THEN NULLIF(group_key, '') END AS customer_id,
  CASE WHEN grouping_name = 'CANCELLED' THEN group_key = 'true' END AS cancelled,
  revenue,
  units,
  lines,
  invoices,
  customers,
  CAST(
    CAST(
      CASE
        WHEN invoices > 0
          THEN CAST(revenue * 1000 AS BIGINT) / invoices + 2 * (CAST(revenue * 1000 AS BIGINT) % invoices) / invoices
        -- Only where somebody has changed a rollup by hand; no load may stop at it.
        ELSE 0
      END AS DECIMAL(19, 0)
    ) * 0.001 AS DECIMAL(19, 3)
  ) AS average_invoice
FROM measured
WHERE lines > 0;
