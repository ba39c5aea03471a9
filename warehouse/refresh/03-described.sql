-- The latest description of each product: of the last line by time, then invoice and line id, that has one.
CREATE TEMP TABLE described AS
SELECT
  stock_code,
  description
FROM (
  SELECT
    sales_line.stock_code,
    sales_line.description,
    ROW_NUMBER() OVER (PARTITION BY sales_line.stock_code ORDER BY sales_line.invoice_no DESC, sales_line.line_id DESC) AS place
  FROM (
    SELECT
      lines.stock_code,
      MAX(lines.invoice_ts) AS invoice_ts
    FROM mart.sales_line AS lines
    WHERE lines.description IS NOT NULL AND EXISTS (SELECT 1 FROM stale)
    GROUP BY lines.stock_code
  ) AS latest
  INNER JOIN mart.sales_line ON latest.stock_code = sales_line.stock_code AND latest.invoice_ts = sales_line.invoice_ts
  WHERE sales_line.description IS NOT NULL
) AS ranked
WHERE place = 1;
