-- Products not met before, as this load describes them; the refresh makes all descriptions exact.
INSERT INTO mart.dim_product (product_key, stock_code, description, service)
SELECT
  CAST(highest.product_key + ROW_NUMBER() OVER (ORDER BY met.stock_code) AS INTEGER) AS product_key,
  met.stock_code,
  met.description,
  (service_code.stock_code IS NOT NULL) AS service
FROM (
  SELECT
    change.stock_code,
    change.description,
    ROW_NUMBER() OVER (
      PARTITION BY change.stock_code
      ORDER BY CASE WHEN change.description IS NULL THEN 1 ELSE 0 END, change.invoice_ts DESC, change.line_id DESC
    ) AS place
  FROM change
  LEFT JOIN mart.dim_product AS known ON change.stock_code = known.stock_code
  WHERE known.stock_code IS NULL
) AS met
CROSS JOIN (SELECT COALESCE(MAX(present.product_key), 0) AS product_key FROM mart.dim_product AS present) AS highest
LEFT JOIN mart.service_code ON met.stock_code = service_code.stock_code
WHERE met.place = 1;
