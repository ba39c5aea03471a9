CREATE TEMP TABLE numbered_item AS
SELECT
  basket.place,
  frequent_item.product_no
FROM frequent_item
INNER JOIN basket ON frequent_item.invoice_no = basket.invoice_no;
