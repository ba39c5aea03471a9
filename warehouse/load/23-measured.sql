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
  CAST(NULL AS VARCHAR(180)) AS country,
  CAST(NULL AS VARCHAR(32)) AS customer_id,
  CAST(NULL AS BOOLEAN) AS cancelled,
  CAST(SUM(fact_invoice.revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(fact_invoice.units) AS BIGINT) AS units,
  CAST(SUM(fact_invoice.lines) AS BIGINT) AS lines,
  CAST(COUNT(DISTINCT fact_invoice.invoice_no) AS BIGINT) AS invoices,
  CAST(COUNT(DISTINCT fact_invoice.customer_id) AS BIGINT) AS customers
FROM mart.fact_invoice
WHERE EXISTS (SELECT 1 FROM touched_place)
HAVING COUNT(*) > 0
UNION ALL
SELECT
  CAST('YEAR' AS VARCHAR(32)) AS grouping_name,
  CAST(CAST(fact_invoice.year AS VARCHAR(4)) AS VARCHAR(256)) AS group_key,
  fact_invoice.year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
  CAST(NULL AS SMALLINT) AS hour,
  CAST(NULL AS VARCHAR(180)) AS country,
  CAST(NULL AS VARCHAR(32)) AS customer_id,
  CAST(NULL AS BOOLEAN) AS cancelled,
  CAST(SUM(fact_invoice.revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(fact_invoice.units) AS BIGINT) AS units,
  CAST(SUM(fact_invoice.lines) AS BIGINT) AS lines,
  CAST(COUNT(DISTINCT fact_invoice.invoice_no) AS BIGINT) AS invoices,
  CAST(COUNT(DISTINCT fact_invoice.customer_id) AS BIGINT) AS customers
FROM mart.fact_invoice
WHERE fact_invoice.year IN (SELECT touched_place.year FROM touched_place)
GROUP BY fact_invoice.year
UNION ALL
SELECT
  CAST('QUARTER' AS VARCHAR(32)) AS grouping_name,
  CAST(fact_invoice.quarter AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  fact_invoice.quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
  CAST(NULL AS SMALLINT) AS hour,
  CAST(NULL AS VARCHAR(180)) AS country,
  CAST(NULL AS VARCHAR(32)) AS customer_id,
  CAST(NULL AS BOOLEAN) AS cancelled,
  CAST(SUM(fact_invoice.revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(fact_invoice.units) AS BIGINT) AS units,
  CAST(SUM(fact_invoice.lines) AS BIGINT) AS lines,
  CAST(COUNT(DISTINCT fact_invoice.invoice_no) AS BIGINT) AS invoices,
  CAST(COUNT(DISTINCT fact_invoice.customer_id) AS BIGINT) AS customers
FROM mart.fact_invoice
WHERE fact_invoice.quarter IN (SELECT touched_place.quarter FROM touched_place)
GROUP BY fact_invoice.quarter
UNION ALL
SELECT
  CAST('MONTH' AS VARCHAR(32)) AS grouping_name,
  CAST(fact_invoice.month AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  fact_invoice.month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
  CAST(NULL AS SMALLINT) AS hour,
  CAST(NULL AS VARCHAR(180)) AS country,
  CAST(NULL AS VARCHAR(32)) AS customer_id,
  CAST(NULL AS BOOLEAN) AS cancelled,
  CAST(SUM(fact_invoice.revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(fact_invoice.units) AS BIGINT) AS units,
  CAST(SUM(fact_invoice.lines) AS BIGINT) AS lines,
  CAST(COUNT(DISTINCT fact_invoice.invoice_no) AS BIGINT) AS invoices,
  CAST(COUNT(DISTINCT fact_invoice.customer_id) AS BIGINT) AS customers
FROM mart.fact_invoice
WHERE fact_invoice.month IN (SELECT touched_place.month FROM touched_place)
GROUP BY fact_invoice.month
UNION ALL
SELECT
  CAST('WEEK' AS VARCHAR(32)) AS grouping_name,
  CAST(fact_invoice.week AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  fact_invoice.week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
  CAST(NULL AS SMALLINT) AS hour,
  CAST(NULL AS VARCHAR(180)) AS country,
  CAST(NULL AS VARCHAR(32)) AS customer_id,
  CAST(NULL AS BOOLEAN) AS cancelled,
  CAST(SUM(fact_invoice.revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(fact_invoice.units) AS BIGINT) AS units,
  CAST(SUM(fact_invoice.lines) AS BIGINT) AS lines,
  CAST(COUNT(DISTINCT fact_invoice.invoice_no) AS BIGINT) AS invoices,
  CAST(COUNT(DISTINCT fact_invoice.customer_id) AS BIGINT) AS customers
FROM mart.fact_invoice
WHERE fact_invoice.week IN (SELECT touched_place.week FROM touched_place)
GROUP BY fact_invoice.week
UNION ALL
SELECT
  CAST('DAY' AS VARCHAR(32)) AS grouping_name,
  CAST(CAST(fact_invoice.day AS VARCHAR(10)) AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  fact_invoice.day,
  CAST(NULL AS SMALLINT) AS weekday,
  CAST(NULL AS SMALLINT) AS hour,
  CAST(NULL AS VARCHAR(180)) AS country,
  CAST(NULL AS VARCHAR(32)) AS customer_id,
  CAST(NULL AS BOOLEAN) AS cancelled,
  CAST(SUM(fact_invoice.revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(fact_invoice.units) AS BIGINT) AS units,
  CAST(SUM(fact_invoice.lines) AS BIGINT) AS lines,
  CAST(COUNT(DISTINCT fact_invoice.invoice_no) AS BIGINT) AS invoices,
  CAST(COUNT(DISTINCT fact_invoice.customer_id) AS BIGINT) AS customers
FROM mart.fact_invoice
WHERE fact_invoice.day IN (SELECT touched_place.day FROM touched_place)
GROUP BY fact_invoice.day
UNION ALL
SELECT
  CAST('WEEKDAY' AS VARCHAR(32)) AS grouping_name,
  CAST(CAST(fact_invoice.weekday AS VARCHAR(1)) AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  fact_invoice.weekday,
  CAST(NULL AS SMALLINT) AS hour,
  CAST(NULL AS VARCHAR(180)) AS country,
  CAST(NULL AS VARCHAR(32)) AS customer_id,
  CAST(NULL AS BOOLEAN) AS cancelled,
  CAST(SUM(fact_invoice.revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(fact_invoice.units) AS BIGINT) AS units,
  CAST(SUM(fact_invoice.lines) AS BIGINT) AS lines,
  CAST(COUNT(DISTINCT fact_invoice.invoice_no) AS BIGINT) AS invoices,
  CAST(COUNT(DISTINCT fact_invoice.customer_id) AS BIGINT) AS customers
FROM mart.fact_invoice
WHERE fact_invoice.weekday IN (SELECT touched_place.weekday FROM touched_place)
GROUP BY fact_invoice.weekday
UNION ALL
SELECT
  CAST('HOUR' AS VARCHAR(32)) AS grouping_name,
  CAST(CAST(fact_invoice.hour AS VARCHAR(2)) AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
  fact_invoice.hour,
  CAST(NULL AS VARCHAR(180)) AS country,
  CAST(NULL AS VARCHAR(32)) AS customer_id,
  CAST(NULL AS BOOLEAN) AS cancelled,
  CAST(SUM(fact_invoice.revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(fact_invoice.units) AS BIGINT) AS units,
  CAST(SUM(fact_invoice.lines) AS BIGINT) AS lines,
  CAST(COUNT(DISTINCT fact_invoice.invoice_no) AS BIGINT) AS invoices,
  CAST(COUNT(DISTINCT fact_invoice.customer_id) AS BIGINT) AS customers
FROM mart.fact_invoice
WHERE fact_invoice.hour IN (SELECT touched_place.hour FROM touched_place)
GROUP BY fact_invoice.hour
UNION ALL
SELECT
  CAST('COUNTRY' AS VARCHAR(32)) AS grouping_name,
  CAST(fact_invoice.country AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
  CAST(NULL AS SMALLINT) AS hour,
  fact_invoice.country,
  CAST(NULL AS VARCHAR(32)) AS customer_id,
  CAST(NULL AS BOOLEAN) AS cancelled,
  CAST(SUM(fact_invoice.revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(fact_invoice.units) AS BIGINT) AS units,
  CAST(SUM(fact_invoice.lines) AS BIGINT) AS lines,
  CAST(COUNT(DISTINCT fact_invoice.invoice_no) AS BIGINT) AS invoices,
  CAST(COUNT(DISTINCT fact_invoice.customer_id) AS BIGINT) AS customers
FROM mart.fact_invoice
WHERE fact_invoice.country IN (SELECT touched_place.country FROM touched_place)
GROUP BY fact_invoice.country
UNION ALL
SELECT
  CAST('CUSTOMER' AS VARCHAR(32)) AS grouping_name,
  CAST(COALESCE(fact_invoice.customer_id, '') AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
  CAST(NULL AS SMALLINT) AS hour,
  CAST(NULL AS VARCHAR(180)) AS country,
  fact_invoice.customer_id,
  CAST(NULL AS BOOLEAN) AS cancelled,
  CAST(SUM(fact_invoice.revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(fact_invoice.units) AS BIGINT) AS units,
  CAST(SUM(fact_invoice.lines) AS BIGINT) AS lines,
  CAST(COUNT(DISTINCT fact_invoice.invoice_no) AS BIGINT) AS invoices,
  CAST(COUNT(DISTINCT fact_invoice.customer_id) AS BIGINT) AS customers
FROM mart.fact_invoice
WHERE COALESCE(fact_invoice.customer_id, '') IN (SELECT COALESCE(touched_place.customer_id, '') FROM touched_place)
GROUP BY fact_invoice.customer_id
UNION ALL
SELECT
  CAST('CANCELLED' AS VARCHAR(32)) AS grouping_name,
  CAST(CASE WHEN fact_invoice.cancelled THEN 'true' ELSE 'false' END AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  CAST(NULL AS VARCHAR(7)) AS month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
  CAST(NULL AS SMALLINT) AS hour,
  CAST(NULL AS VARCHAR(180)) AS country,
  CAST(NULL AS VARCHAR(32)) AS customer_id,
  fact_invoice.cancelled,
  CAST(SUM(fact_invoice.revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(fact_invoice.units) AS BIGINT) AS units,
  CAST(SUM(fact_invoice.lines) AS BIGINT) AS lines,
  CAST(COUNT(DISTINCT fact_invoice.invoice_no) AS BIGINT) AS invoices,
  CAST(COUNT(DISTINCT fact_invoice.customer_id) AS BIGINT) AS customers
FROM mart.fact_invoice
WHERE fact_invoice.cancelled IN (SELECT touched_place.cancelled FROM touched_place)
GROUP BY fact_invoice.cancelled
UNION ALL
SELECT
  CAST('MONTH_COUNTRY' AS VARCHAR(32)) AS grouping_name,
  CAST(fact_invoice.month || ' ' || fact_invoice.country AS VARCHAR(256)) AS group_key,
  CAST(NULL AS SMALLINT) AS year,
  CAST(NULL AS VARCHAR(7)) AS quarter,
  fact_invoice.month,
  CAST(NULL AS VARCHAR(8)) AS week,
  CAST(NULL AS DATE) AS day,
  CAST(NULL AS SMALLINT) AS weekday,
  CAST(NULL AS SMALLINT) AS hour,
  fact_invoice.country,
  CAST(NULL AS VARCHAR(32)) AS customer_id,
  CAST(NULL AS BOOLEAN) AS cancelled,
  CAST(SUM(fact_invoice.revenue) AS DECIMAL(18, 3)) AS revenue,
  CAST(SUM(fact_invoice.units) AS BIGINT) AS units,
  CAST(SUM(fact_invoice.lines) AS BIGINT) AS lines,
  CAST(COUNT(DISTINCT fact_invoice.invoice_no) AS BIGINT) AS invoices,
  CAST(COUNT(DISTINCT fact_invoice.customer_id) AS BIGINT) AS customers
FROM mart.fact_invoice
WHERE
  fact_invoice.month || ' ' || fact_invoice.country IN (SELECT touched_place.month || ' ' || touched_place.country FROM touched_place)
GROUP BY fact_invoice.month, fact_invoice.country;
