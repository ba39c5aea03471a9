INSERT INTO mart.dim_customer (customer_key, customer_id)
SELECT
  CAST(highest.customer_key + ROW_NUMBER() OVER (ORDER BY met.customer_id) AS BIGINT) AS customer_key,
  met.customer_id
FROM (SELECT DISTINCT change.customer_id FROM change WHERE change.customer_id IS NOT NULL) AS met
CROSS JOIN (SELECT MAX(present.customer_key) AS customer_key FROM mart.dim_customer AS present) AS highest
LEFT JOIN mart.dim_customer AS known ON met.customer_id = known.customer_id
WHERE known.customer_id IS NULL;
