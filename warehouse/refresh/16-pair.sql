-- Those that are in 1 % of all, counted in the largest baskets too.
CREATE TEMP TABLE pair AS
SELECT
  possible_pair.product_no,
  possible_pair.other_product_no,
  possible_pair.invoices + COALESCE(in_largest.invoices, 0) AS invoices
FROM possible_pair
LEFT JOIN (
  SELECT
    wanted.product_no,
    wanted.other_product_no,
    COUNT(*) AS invoices
  FROM possible_pair AS wanted
  INNER JOIN numbered_item AS one ON wanted.product_no = one.product_no
  INNER JOIN numbered_item AS other ON wanted.other_product_no = other.product_no AND one.place = other.place
  WHERE one.place <= (SELECT baskets.largest FROM baskets)
  GROUP BY wanted.product_no, wanted.other_product_no
) AS in_largest
  ON possible_pair.product_no = in_largest.product_no AND possible_pair.other_product_no = in_largest.other_product_no
WHERE (possible_pair.invoices + COALESCE(in_largest.invoices, 0)) * 100 >= (SELECT baskets.invoices FROM baskets);
