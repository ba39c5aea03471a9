INSERT INTO mart.dim_country (country_key, country)
SELECT
  CAST(highest.country_key + ROW_NUMBER() OVER (ORDER BY met.country) AS BIGINT) AS country_key,
  met.country
FROM (SELECT DISTINCT change.country FROM change) AS met
CROSS JOIN (SELECT COALESCE(MAX(present.country_key), 0) AS country_key FROM mart.dim_country AS present) AS highest
LEFT JOIN mart.dim_country AS known ON met.country = known.country
WHERE known.country IS NULL;
