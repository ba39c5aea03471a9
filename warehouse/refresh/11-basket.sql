-- The baskets, the largest first.
CREATE TEMP TABLE basket AS
SELECT
  sized.invoice_no,
  CAST(ROW_NUMBER() OVER (ORDER BY sized.items DESC, sized.invoice_no) AS INTEGER) AS place
FROM (
  SELECT
    frequent_item.invoice_no,
    COUNT(*) AS items
  FROM frequent_item
  GROUP BY frequent_item.invoice_no
) AS sized;
