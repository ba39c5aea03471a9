-- Those that are in 1 % of all, counted in the largest baskets too.
CREATE TEMP TABLE pair AS
SELECT
  possible_pair.product_key,
  possible_pair.other_product_key,
  possible_pair.invoices + COALESCE(in_largest.invoices, 0) AS invoices
FROM possible_pair
LEFT JOIN (
  SELECT
    wanted.product_key,
    wanted.other_product_key,
    COUNT(*) AS invoices
  FROM possible_pair AS wanted
  INNER JOIN numbered_item AS one ON wanted.product_key = one.product_key
  INNER JOIN numbered_item AS other ON wanted.other_product_key = other.product_key AND one.place = other.place
  WHERE one.place <= (SELECT baskets.largest FROM baskets)
  GROUP BY wanted.product_key, wanted.other_product_key
) AS in_largest
  ON possible_pair.product_key = in_largest.product_key AND possible_pair.other_product_key = in_largest.other_product_key
WHERE (possible_pair.invoices + COALESCE(in_largest.invoices, 0)) * 100 >= (SELECT baskets.invoices FROM baskets);
