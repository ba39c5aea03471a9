-- The same in each grouping, with the key of the group.
CREATE TEMP TABLE moved_in_group AS
SELECT
  moved.sign,
  moved.parts,
  moved.invoice_no,
  moved.customer_id,
  moved.revenue,
  moved.units,
  moved.lines,
  sales_grouping.grouping_name,
  CAST(
    CASE sales_grouping.grouping_name
      WHEN 'YEAR' THEN CAST(moved.year AS VARCHAR(4))
      WHEN 'QUARTER' THEN moved.quarter
      WHEN 'MONTH' THEN moved.month
      WHEN 'WEEK' THEN moved.week
      WHEN 'DAY' THEN CAST(moved.day AS VARCHAR(10))
      WHEN 'WEEKDAY' THEN CAST(moved.weekday AS VARCHAR(1))
      WHEN 'HOUR' THEN CAST(moved.hour AS VARCHAR(2))
      WHEN 'COUNTRY' THEN moved.country
      WHEN 'CUSTOMER' THEN COALESCE(moved.customer_id, '')
      WHEN 'CANCELLED' THEN CASE WHEN moved.cancelled THEN 'true' ELSE 'false' END
      WHEN 'MONTH_COUNTRY' THEN moved.month || ' ' || moved.country
      ELSE ''
    END AS VARCHAR(256)
  ) AS group_key
FROM moved
CROSS JOIN mart.sales_grouping;
