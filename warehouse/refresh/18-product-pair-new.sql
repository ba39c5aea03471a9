-- Ratios are rounded in whole millionths, half away from zero, so that every engine rounds alike. Lift, invoices * baskets / (bought *
-- other_bought), is divided in two steps, because a million times its numerator is more than a BIGINT holds; a pair is in no more baskets
-- than either product, which keeps each step below 2^63 for a thousand million baskets.
INSERT INTO mart.agg_product_pair (
  stock_code, description, other_stock_code, other_description, invoices, support, confidence, lift
)
SELECT
  product.stock_code,
  product.description,
  other_product.stock_code AS other_stock_code,
  other_product.description AS other_description,
  both_ways.invoices,
  CAST((2000000 * both_ways.invoices + baskets.invoices) / (2 * baskets.invoices) AS DOUBLE PRECISION) / 1000000 AS support,
  CAST((2000000 * both_ways.invoices + bought.invoices) / (2 * bought.invoices) AS DOUBLE PRECISION) / 1000000 AS confidence,
  CAST(
    1000000 * (both_ways.invoices * baskets.invoices / other_bought.invoices) / bought.invoices
    + (
      2 * (
        1000000 * (both_ways.invoices * baskets.invoices / other_bought.invoices) % bought.invoices * other_bought.invoices
        + 1000000 * (both_ways.invoices * baskets.invoices % other_bought.invoices)
      )
      + bought.invoices * other_bought.invoices
    ) / (2 * bought.invoices * other_bought.invoices) AS DOUBLE PRECISION
  ) / 1000000 AS lift
FROM (
  SELECT
    product_no,
    other_product_no,
    invoices
  FROM pair
  UNION ALL
  SELECT
    other_product_no AS product_no,
    product_no AS other_product_no,
    invoices
  FROM pair
) AS both_ways
CROSS JOIN baskets
INNER JOIN frequent_product AS bought ON both_ways.product_no = bought.product_no
INNER JOIN frequent_product AS other_bought ON both_ways.other_product_no = other_bought.product_no
INNER JOIN mart.dim_product AS product ON bought.product_key = product.product_key
INNER JOIN mart.dim_product AS other_product ON other_bought.product_key = other_product.product_key;
