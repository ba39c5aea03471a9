CREATE TEMP TABLE pair AS
SELECT
  one.product_key,
  other.product_key AS other_product_key,
  COUNT(*) AS invoices
FROM frequent_item AS one
INNER JOIN frequent_item AS other ON one.invoice_no = other.invoice_no
WHERE one.product_key < other.product_key
GROUP BY one.product_key, other.product_key
HAVING COUNT(*) * 100 >= (SELECT baskets.invoices FROM baskets);
