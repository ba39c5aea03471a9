CREATE TEMP TABLE frequent_item AS
SELECT
  basket_item.invoice_no,
  frequent_product.product_no
FROM basket_item
INNER JOIN frequent_product ON basket_item.product_key = frequent_product.product_key;
