-- A pair is in no more baskets than either of its products: only products in at least 1 % of all can be in a pair that is.
CREATE TEMP TABLE frequent_product AS
SELECT
  basket_item.product_key,
  COUNT(*) AS invoices
FROM basket_item
GROUP BY basket_item.product_key
HAVING COUNT(*) * 100 >= (SELECT baskets.invoices FROM baskets);
