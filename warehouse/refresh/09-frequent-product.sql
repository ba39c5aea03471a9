-- A pair is in no more baskets than either of its products: only products in at least 1 % of all can be in a pair that is. They are numbered
-- anew, because there are few of them, and pairs of short numbers are found faster.
CREATE TEMP TABLE frequent_product AS
SELECT
  counted.product_key,
  counted.invoices,
  CAST(ROW_NUMBER() OVER (ORDER BY counted.product_key) AS INTEGER) AS product_no
FROM (
  SELECT
    basket_item.product_key,
    COUNT(*) AS invoices
  FROM basket_item
  GROUP BY basket_item.product_key
  HAVING COUNT(*) * 100 >= (SELECT baskets.invoices FROM baskets)
) AS counted;
