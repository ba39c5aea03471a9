UPDATE mart.dim_product
SET
  description = exact.description,
  service = exact.service
FROM (
  SELECT
    product.product_key,
    described.description,
    (service_code.stock_code IS NOT NULL) AS service
  FROM mart.dim_product AS product
  LEFT JOIN described ON product.stock_code = described.stock_code
  LEFT JOIN mart.service_code ON product.stock_code = service_code.stock_code
  WHERE EXISTS (SELECT 1 FROM stale)
) AS exact
WHERE
  dim_product.product_key = exact.product_key
  AND (COALESCE(dim_product.description, '') <> COALESCE(exact.description, '') OR dim_product.service <> exact.service);
