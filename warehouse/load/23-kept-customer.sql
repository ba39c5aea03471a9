-- Where customers who come or go are anyway: fact_invoice now has only invoices that did not move.
CREATE TEMP TABLE kept_customer AS
SELECT DISTINCT
  sales_grouping.grouping_name,
  CAST(
    CASE sales_grouping.grouping_name
      WHEN 'YEAR' THEN CAST(fact_invoice.year AS VARCHAR(4))
      WHEN 'QUARTER' THEN fact_invoice.quarter
      WHEN 'MONTH' THEN fact_invoice.month
      WHEN 'WEEK' THEN fact_invoice.week
      WHEN 'DAY' THEN CAST(fact_invoice.day AS VARCHAR(10))
      WHEN 'WEEKDAY' THEN CAST(fact_invoice.weekday AS VARCHAR(1))
      WHEN 'HOUR' THEN CAST(fact_invoice.hour AS VARCHAR(2))
      WHEN 'COUNTRY' THEN fact_invoice.country
      WHEN 'CUSTOMER' THEN COALESCE(fact_invoice.customer_id, '')
      WHEN 'CANCELLED' THEN CASE WHEN fact_invoice.cancelled THEN 'true' ELSE 'false' END
      WHEN 'MONTH_COUNTRY' THEN fact_invoice.month || ' ' || fact_invoice.country
      ELSE ''
    END AS VARCHAR(256)
  ) AS group_key,
  fact_invoice.customer_id
FROM (
  SELECT DISTINCT moved_customer.customer_id
  FROM moved_customer
  WHERE moved_customer.gain <> 0
) AS moving
INNER JOIN mart.fact_invoice ON moving.customer_id = fact_invoice.customer_id
CROSS JOIN mart.sales_grouping;
