-- Pairs in all but the largest baskets. A basket has pairs with the square of its size: the largest half per cent have as many as the next
-- five. A pair that is in 1 % of all baskets is in few enough of those to be seen here.
CREATE TEMP TABLE possible_pair AS
SELECT
  one.product_no,
  other.product_no AS other_product_no,
  COUNT(*) AS invoices
FROM numbered_item AS one
INNER JOIN numbered_item AS other ON one.place = other.place
WHERE one.product_no < other.product_no AND one.place > (SELECT baskets.largest FROM baskets)
GROUP BY one.product_no, other.product_no
HAVING (COUNT(*) + (SELECT baskets.largest FROM baskets)) * 100 >= (SELECT baskets.invoices FROM baskets);
