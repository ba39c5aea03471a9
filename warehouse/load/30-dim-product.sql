-- Products not met before, called what the latest line of this load calls them that says anything; the refresh makes all descriptions
-- exact. A time of 19 characters before each description makes the greatest text the latest.
INSERT INTO mart.dim_product (product_key, stock_code, description, service)
SELECT
  CAST(highest.product_key + ROW_NUMBER() OVER (ORDER BY met.stock_code) AS INTEGER) AS product_key,
  met.stock_code,
  SUBSTRING(met.latest, 20) AS description,
  (service_code.stock_code IS NOT NULL) AS service
FROM (
  SELECT
    stock_code,
    MAX(TO_CHAR(invoice_ts, 'YYYY-MM-DD HH24:MI:SS') || description) AS latest
  FROM change
  GROUP BY stock_code
) AS met
CROSS JOIN (SELECT COALESCE(MAX(present.product_key), 0) AS product_key FROM mart.dim_product AS present) AS highest
LEFT JOIN mart.dim_product AS known ON met.stock_code = known.stock_code
LEFT JOIN mart.service_code ON met.stock_code = service_code.stock_code
WHERE known.stock_code IS NULL;
