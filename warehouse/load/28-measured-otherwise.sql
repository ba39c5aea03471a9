-- The other rollups, in the same way.
INSERT INTO measured (
  grouping_name, group_key, year, quarter, month, week, day, weekday, hour, country, customer_id, cancelled, revenue, units,
  lines, parts, customers
)
SELECT
  CAST('WEEKDAY' AS VARCHAR(32)) AS grouping_name,
  CAST(CAST(weekday AS VARCHAR(1)) AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  weekday,
  CAST(NULL AS SMALLINT) AS hour,
  CAST(NULL AS VARCHAR(240)) AS country,
  CAST(NULL AS VARCHAR(32)) AS customer_id,
  CAST(NULL AS BOOLEAN) AS cancelled,
  CAST(SUM(revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(units) AS BIGINT) AS units,
  CAST(SUM(lines) AS BIGINT) AS lines,
  CAST(SUM(parts) AS BIGINT) AS parts,
  CAST(COUNT(customer_id) AS BIGINT) AS customers
FROM (
  SELECT
    weekday,
    customer_id,
    SUM(revenue) AS revenue,
    SUM(units) AS units,
    SUM(lines) AS lines,
    COUNT(*) AS parts
  FROM mart.fact_invoice
  WHERE weekday IN (SELECT touched_place.weekday FROM touched_place)
  GROUP BY weekday, customer_id
) AS by_customer
GROUP BY weekday
UNION ALL
SELECT
  CAST('HOUR' AS VARCHAR(32)) AS grouping_name,
  CAST(CAST(hour AS VARCHAR(2)) AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
  hour,
  CAST(NULL AS VARCHAR(240)) AS country,
  CAST(NULL AS VARCHAR(32)) AS customer_id,
  CAST(NULL AS BOOLEAN) AS cancelled,
  CAST(SUM(revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(units) AS BIGINT) AS units,
  CAST(SUM(lines) AS BIGINT) AS lines,
  CAST(SUM(parts) AS BIGINT) AS parts,
  CAST(COUNT(customer_id) AS BIGINT) AS customers
FROM (
  SELECT
    hour,
    customer_id,
    SUM(revenue) AS revenue,
    SUM(units) AS units,
    SUM(lines) AS lines,
    COUNT(*) AS parts
  FROM mart.fact_invoice
  WHERE hour IN (SELECT touched_place.hour FROM touched_place)
  GROUP BY hour, customer_id
) AS by_customer
GROUP BY hour
UNION ALL
SELECT
  CAST('COUNTRY' AS VARCHAR(32)) AS grouping_name,
  CAST(country AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
  CAST(NULL AS SMALLINT) AS hour,
  country,
  CAST(NULL AS VARCHAR(32)) AS customer_id,
  CAST(NULL AS BOOLEAN) AS cancelled,
  CAST(SUM(revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(units) AS BIGINT) AS units,
  CAST(SUM(lines) AS BIGINT) AS lines,
  CAST(SUM(parts) AS BIGINT) AS parts,
  CAST(COUNT(customer_id) AS BIGINT) AS customers
FROM (
  SELECT
    country,
    customer_id,
    SUM(revenue) AS revenue,
    SUM(units) AS units,
    SUM(lines) AS lines,
    COUNT(*) AS parts
  FROM mart.fact_invoice
  WHERE country IN (SELECT touched_place.country FROM touched_place)
  GROUP BY country, customer_id
) AS by_customer
GROUP BY country
UNION ALL
SELECT
  CAST('CUSTOMER' AS VARCHAR(32)) AS grouping_name,
  CAST(COALESCE(customer_id, '') AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
  CAST(NULL AS SMALLINT) AS hour,
  CAST(NULL AS VARCHAR(240)) AS country,
  customer_id,
  CAST(NULL AS BOOLEAN) AS cancelled,
  CAST(SUM(revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(units) AS BIGINT) AS units,
  CAST(SUM(lines) AS BIGINT) AS lines,
  CAST(COUNT(*) AS BIGINT) AS parts,
  CAST(COUNT(DISTINCT customer_id) AS BIGINT) AS customers
FROM mart.fact_invoice
WHERE COALESCE(customer_id, '') IN (SELECT COALESCE(touched_place.customer_id, '') FROM touched_place)
GROUP BY customer_id
UNION ALL
SELECT
  CAST('CANCELLED' AS VARCHAR(32)) AS grouping_name,
  CAST(CASE WHEN cancelled THEN 'true' ELSE 'false' END AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
  CAST(NULL AS SMALLINT) AS hour,
  CAST(NULL AS VARCHAR(240)) AS country,
  CAST(NULL AS VARCHAR(32)) AS customer_id,
  cancelled,
  CAST(SUM(revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(units) AS BIGINT) AS units,
  CAST(SUM(lines) AS BIGINT) AS lines,
  CAST(SUM(parts) AS BIGINT) AS parts,
  CAST(COUNT(customer_id) AS BIGINT) AS customers
FROM (
  SELECT
    cancelled,
    customer_id,
    SUM(revenue) AS revenue,
    SUM(units) AS units,
    SUM(lines) AS lines,
    COUNT(*) AS parts
  FROM mart.fact_invoice
  WHERE cancelled IN (SELECT touched_place.cancelled FROM touched_place)
  GROUP BY cancelled, customer_id
) AS by_customer
GROUP BY cancelled
UNION ALL
SELECT
  CAST('MONTH_COUNTRY' AS VARCHAR(32)) AS grouping_name,
  CAST(month || ' ' || country AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
  CAST(NULL AS SMALLINT) AS hour,
  country,
  CAST(NULL AS VARCHAR(32)) AS customer_id,
  CAST(NULL AS BOOLEAN) AS cancelled,
  CAST(SUM(revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(units) AS BIGINT) AS units,
  CAST(SUM(lines) AS BIGINT) AS lines,
  CAST(SUM(parts) AS BIGINT) AS parts,
  CAST(COUNT(customer_id) AS BIGINT) AS customers
FROM (
  SELECT
    month,
    country,
    customer_id,
    SUM(revenue) AS revenue,
    SUM(units) AS units,
    SUM(lines) AS lines,
    COUNT(*) AS parts
  FROM mart.fact_invoice
  WHERE month || ' ' || country IN (SELECT touched_place.month || ' ' || touched_place.country FROM touched_place)
  GROUP BY month, country, customer_id
) AS by_customer
GROUP BY month, country;
