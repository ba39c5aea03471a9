-- Touched groups of the rollups anew. First per customer, so that customers are counted without sorting; "parts" are rows of fact_invoice.
CREATE TEMP TABLE measured AS
SELECT
  CAST('TOTAL' AS VARCHAR(32)) AS grouping_name,
  CAST('' AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
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
    customer_id,
    SUM(revenue) AS revenue,
    SUM(units) AS units,
    SUM(lines) AS lines,
    COUNT(*) AS parts
  FROM mart.fact_invoice
  WHERE EXISTS (SELECT 1 FROM touched_place)
  GROUP BY customer_id
) AS by_customer
HAVING COUNT(*) > 0
UNION ALL
SELECT
  CAST('YEAR' AS VARCHAR(32)) AS grouping_name,
  CAST(CAST(year AS VARCHAR(4)) AS VARCHAR(256)) AS group_key,
  year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
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
    year,
    customer_id,
    SUM(revenue) AS revenue,
    SUM(units) AS units,
    SUM(lines) AS lines,
    COUNT(*) AS parts
  FROM mart.fact_invoice
  WHERE year IN (SELECT touched_place.year FROM touched_place)
  GROUP BY year, customer_id
) AS by_customer
GROUP BY year
UNION ALL
SELECT
  CAST('QUARTER' AS VARCHAR(32)) AS grouping_name,
  CAST(quarter AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
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
    quarter,
    customer_id,
    SUM(revenue) AS revenue,
    SUM(units) AS units,
    SUM(lines) AS lines,
    COUNT(*) AS parts
  FROM mart.fact_invoice
  WHERE quarter IN (SELECT touched_place.quarter FROM touched_place)
  GROUP BY quarter, customer_id
) AS by_customer
GROUP BY quarter
UNION ALL
SELECT
  CAST('MONTH' AS VARCHAR(32)) AS grouping_name,
  CAST(month AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
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
    month,
    customer_id,
    SUM(revenue) AS revenue,
    SUM(units) AS units,
    SUM(lines) AS lines,
    COUNT(*) AS parts
  FROM mart.fact_invoice
  WHERE month IN (SELECT touched_place.month FROM touched_place)
  GROUP BY month, customer_id
) AS by_customer
GROUP BY month
UNION ALL
SELECT
  CAST('WEEK' AS VARCHAR(32)) AS grouping_name,
  CAST(week AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
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
    week,
    customer_id,
    SUM(revenue) AS revenue,
    SUM(units) AS units,
    SUM(lines) AS lines,
    COUNT(*) AS parts
  FROM mart.fact_invoice
  WHERE week IN (SELECT touched_place.week FROM touched_place)
  GROUP BY week, customer_id
) AS by_customer
GROUP BY week
UNION ALL
SELECT
  CAST('DAY' AS VARCHAR(32)) AS grouping_name,
  CAST(CAST(day AS VARCHAR(10)) AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  day,
  CAST(NULL AS SMALLINT) AS weekday,
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
    day,
    customer_id,
    SUM(revenue) AS revenue,
    SUM(units) AS units,
    SUM(lines) AS lines,
    COUNT(*) AS parts
  FROM mart.fact_invoice
  WHERE day IN (SELECT touched_place.day FROM touched_place)
  GROUP BY day, customer_id
) AS by_customer
GROUP BY day;
