-- The groups of the rollups that hold a touched place.
CREATE TEMP TABLE touched_group AS
SELECT DISTINCT
  CAST('TOTAL' AS VARCHAR(32)) AS grouping_name,
  CAST('' AS VARCHAR(256)) AS group_key
FROM touched_place
UNION ALL
SELECT DISTINCT
  CAST('YEAR' AS VARCHAR(32)) AS grouping_name,
  CAST(CAST(year AS VARCHAR(4)) AS VARCHAR(256)) AS group_key
FROM touched_place
UNION ALL
SELECT DISTINCT
  CAST('QUARTER' AS VARCHAR(32)) AS grouping_name,
  CAST(quarter AS VARCHAR(256)) AS group_key
FROM touched_place
UNION ALL
SELECT DISTINCT
  CAST('MONTH' AS VARCHAR(32)) AS grouping_name,
  CAST(month AS VARCHAR(256)) AS group_key
FROM touched_place
UNION ALL
SELECT DISTINCT
  CAST('WEEK' AS VARCHAR(32)) AS grouping_name,
  CAST(week AS VARCHAR(256)) AS group_key
FROM touched_place
UNION ALL
SELECT DISTINCT
  CAST('DAY' AS VARCHAR(32)) AS grouping_name,
  CAST(CAST(day AS VARCHAR(10)) AS VARCHAR(256)) AS group_key
FROM touched_place
UNION ALL
SELECT DISTINCT
  CAST('WEEKDAY' AS VARCHAR(32)) AS grouping_name,
  CAST(CAST(weekday AS VARCHAR(1)) AS VARCHAR(256)) AS group_key
FROM touched_place
UNION ALL
SELECT DISTINCT
  CAST('HOUR' AS VARCHAR(32)) AS grouping_name,
  CAST(CAST(hour AS VARCHAR(2)) AS VARCHAR(256)) AS group_key
FROM touched_place
UNION ALL
SELECT DISTINCT
  CAST('COUNTRY' AS VARCHAR(32)) AS grouping_name,
  CAST(country AS VARCHAR(256)) AS group_key
FROM touched_place
UNION ALL
SELECT DISTINCT
  CAST('CUSTOMER' AS VARCHAR(32)) AS grouping_name,
  CAST(COALESCE(customer_id, '') AS VARCHAR(256)) AS group_key
FROM touched_place
UNION ALL
SELECT DISTINCT
  CAST('CANCELLED' AS VARCHAR(32)) AS grouping_name,
  CAST(CASE WHEN cancelled THEN 'true' ELSE 'false' END AS VARCHAR(256)) AS group_key
FROM touched_place
UNION ALL
SELECT DISTINCT
  CAST('MONTH_COUNTRY' AS VARCHAR(32)) AS grouping_name,
  CAST(month || ' ' || country AS VARCHAR(256)) AS group_key
FROM touched_place;
