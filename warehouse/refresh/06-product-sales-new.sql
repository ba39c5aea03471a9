INSERT INTO mart.agg_sales (
  grouping_name, group_key, stock_code, description, revenue, units, lines, invoices, customers, average_invoice
)
SELECT
  'PRODUCT' AS grouping_name,
  measured.stock_code AS group_key,
  measured.stock_code,
  dim_product.description,
  measured.revenue,
  measured.units,
  measured.lines,
  measured.invoices,
  measured.customers,
  CAST(
    CAST(
      CAST(measured.revenue * 1000 AS BIGINT) / measured.invoices
      + 2 * (CAST(measured.revenue * 1000 AS BIGINT) % measured.invoices) / measured.invoices AS DECIMAL(19, 0)
    ) * 0.001 AS DECIMAL(19, 3)
  ) AS average_invoice
FROM (
  SELECT
    sales_line.stock_code,
    CAST(SUM(sales_line.amount) AS DECIMAL(19, 3)) AS revenue,
    CAST(SUM(sales_line.quantity) AS BIGINT) AS units,
    COUNT(*) AS lines,
    COUNT(DISTINCT sales_line.invoice_no) AS invoices,
    COUNT(DISTINCT sales_line.customer_id) AS customers
  FROM mart.sales_line
  WHERE EXISTS (SELECT 1 FROM stale)
  GROUP BY sales_line.stock_code
) AS measured
INNER JOIN mart.dim_product ON measured.stock_code = dim_product.stock_code;
