-- Touched groups of the rollups anew.
CREATE TEMP TABLE measured AS
SELECT
  difference.grouping_name,
  difference.group_key,
  CAST(COALESCE(agg_sales.revenue, 0) + difference.revenue AS DECIMAL(19, 3)) AS revenue,
  CAST(COALESCE(agg_sales.units, 0) + difference.units AS BIGINT) AS units,
  CAST(COALESCE(agg_sales.lines, 0) + difference.lines AS BIGINT) AS lines,
  CAST(COALESCE(agg_sales.invoices, 0) + difference.rows_of_invoices - COALESCE(counted_again.times, 0) AS BIGINT) AS invoices,
  CAST(COALESCE(agg_sales.customers, 0) + difference.customers AS BIGINT) AS customers
FROM (
  SELECT
    moved_customer.grouping_name,
    moved_customer.group_key,
    SUM(moved_customer.revenue) AS revenue,
    SUM(moved_customer.units) AS units,
    SUM(moved_customer.lines) AS lines,
    SUM(moved_customer.rows_of_invoices) AS rows_of_invoices,
    SUM(
      CASE WHEN moved_customer.customer_id IS NULL OR kept_customer.customer_id IS NOT NULL THEN 0 ELSE moved_customer.gain END
    ) AS customers
  FROM moved_customer
  LEFT JOIN kept_customer
    ON
      moved_customer.grouping_name = kept_customer.grouping_name
      AND moved_customer.group_key = kept_customer.group_key
      AND moved_customer.customer_id = kept_customer.customer_id
  GROUP BY moved_customer.grouping_name, moved_customer.group_key
) AS difference
LEFT JOIN counted_again
  ON difference.grouping_name = counted_again.grouping_name AND difference.group_key = counted_again.group_key
LEFT JOIN mart.agg_sales
  ON difference.grouping_name = agg_sales.grouping_name AND difference.group_key = agg_sales.group_key;
