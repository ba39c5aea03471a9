-- The groups of the rollups that hold a touched place.
CREATE TEMP TABLE touched_group AS
SELECT DISTINCT
  sales_grouping.grouping_name,
  CAST(
    CASE sales_grouping.grouping_name
      WHEN 'YEAR' THEN CAST(touched_place.year AS VARCHAR(4))
      WHEN 'QUARTER' THEN touched_place.quarter
      WHEN 'MONTH' THEN touched_place.month
      WHEN 'WEEK' THEN touched_place.week
      WHEN 'DAY' THEN CAST(touched_place.day AS VARCHAR(10))
      WHEN 'WEEKDAY' THEN CAST(touched_place.weekday AS VARCHAR(1))
      WHEN 'HOUR' THEN CAST(touched_place.hour AS VARCHAR(2))
      WHEN 'COUNTRY' THEN touched_place.country
      WHEN 'CUSTOMER' THEN COALESCE(touched_place.customer_id, '')
      WHEN 'CANCELLED' THEN CASE WHEN touched_place.cancelled THEN 'true' ELSE 'false' END
      WHEN 'MONTH_COUNTRY' THEN touched_place.month || ' ' || touched_place.country
      ELSE ''
    END AS VARCHAR(256)
  ) AS group_key
FROM touched_place
CROSS JOIN mart.sales_grouping;
