-- What is in them: each product once, services and returned goods left out.
CREATE TEMP TABLE basket_item AS
SELECT DISTINCT
  sales_line.invoice_no,
  dim_product.product_key
FROM mart.sales_line
INNER JOIN mart.dim_product ON sales_line.stock_code = dim_product.stock_code
WHERE
  sales_line.quantity > 0
  AND NOT sales_line.cancelled
  AND NOT sales_line.invoice_no LIKE 'A%'
  AND NOT dim_product.service
  AND EXISTS (SELECT 1 FROM stale);
