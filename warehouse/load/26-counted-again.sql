-- fact_invoice has a few invoices in more than one row. How often each group that has several of these rows counts too many invoices when it
-- counts rows: sorting all invoices of each group to tell them apart would take most of a load's time.
CREATE TEMP TABLE counted_again AS
SELECT
  part.grouping_name,
  part.group_key,
  COUNT(*) - COUNT(DISTINCT part.invoice_no) AS times
FROM (
  SELECT
    sales_grouping.grouping_name,
    fact_invoice.invoice_no,
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
    ) AS group_key
  FROM mart.fact_invoice
  INNER JOIN (
    SELECT parts.invoice_no
    FROM mart.fact_invoice AS parts
    WHERE EXISTS (SELECT 1 FROM touched_place)
    GROUP BY parts.invoice_no
    HAVING COUNT(*) > 1
  ) AS parted ON fact_invoice.invoice_no = parted.invoice_no
  CROSS JOIN mart.sales_grouping
) AS part
GROUP BY part.grouping_name, part.group_key
HAVING COUNT(*) > COUNT(DISTINCT part.invoice_no);
