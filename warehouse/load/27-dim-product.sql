-- Products not met before, called what the latest line of this load calls them that says anything; the refresh makes all descriptions
-- exact.
INSERT INTO mart.dim_product (product_key, stock_code, description, service)
SELECT
  CAST(highest.product_key + ROW_NUMBER() OVER (ORDER BY met.stock_code) AS BIGINT) AS product_key,
  met.stock_code,
  met.description,
  (service_code.stock_code IS NOT NULL) AS service
FROM (
  SELECT
    latest.stock_code,
    MAX(change.description) AS description
  FROM (
    SELECT
      said.stock_code,
      MAX(CASE WHEN said.description IS NOT NULL THEN said.invoice_ts END) AS invoice_ts
    FROM change AS said
    GROUP BY said.stock_code
  ) AS latest
  LEFT JOIN mart.dim_product AS known ON latest.stock_code = known.stock_code
  LEFT JOIN change ON latest.stock_code = change.stock_code AND latest.invoice_ts = change.invoice_ts
  WHERE known.stock_code IS NULL
  GROUP BY latest.stock_code
) AS met
CROSS JOIN (SELECT COALESCE(MAX(present.product_key), 0) AS product_key FROM mart.dim_product AS present) AS highest
LEFT JOIN mart.service_code ON met.stock_code = service_code.stock_code;
