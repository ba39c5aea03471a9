-- Products not met before, called what the latest line of this load calls them that says anything; the refresh makes all descriptions
-- exact.
INSERT INTO mart.dim_product (product_key, stock_code, description, service)
SELECT
  CAST(highest.product_key + ROW_NUMBER() OVER (ORDER BY met.stock_code) AS INTEGER) AS product_key,
  met.stock_code,
  described.description,
  (service_code.stock_code IS NOT NULL) AS service
FROM (
  SELECT
    told.stock_code,
    told.described_at
  FROM (
    SELECT
      stock_code,
      MAX(CASE WHEN description IS NOT NULL THEN invoice_ts END) AS described_at
    FROM change
    GROUP BY stock_code
  ) AS told
  LEFT JOIN mart.dim_product AS known ON told.stock_code = known.stock_code
  WHERE known.stock_code IS NULL
) AS met
LEFT JOIN (
  SELECT
    stock_code,
    invoice_ts,
    MAX(description) AS description
  FROM change
  WHERE description IS NOT NULL
  GROUP BY stock_code, invoice_ts
) AS described ON met.stock_code = described.stock_code AND met.described_at = described.invoice_ts
CROSS JOIN (SELECT COALESCE(MAX(present.product_key), 0) AS product_key FROM mart.dim_product AS present) AS highest
LEFT JOIN mart.service_code ON met.stock_code = service_code.stock_code;
