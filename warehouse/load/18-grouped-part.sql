-- What goes from fact_invoice and what comes into it, in each grouping, with the key of its group: with sign -1 all rows of touched invoices
-- as they were, with sign 1 as they are. Sums of rollups follow by the difference, so that a load costs what it brings and not what there
-- is. With sign 0 come the other invoices of their customers, which tell in which groups these are anyway. "parts" are the rows of an
-- invoice on its side. No other file makes keys.
CREATE TEMP TABLE grouped_part AS
SELECT
  part.sign,
  part.parts,
  part.invoice_no,
  part.customer_id,
  part.revenue,
  part.units,
  part.lines,
  sales_grouping.grouping_name,
  CAST(
    CASE sales_grouping.grouping_name
      WHEN 'YEAR' THEN CAST(part.year AS VARCHAR(4))
      WHEN 'QUARTER' THEN part.quarter
      WHEN 'MONTH' THEN part.month
      WHEN 'WEEK' THEN part.week
      WHEN 'DAY' THEN CAST(part.day AS VARCHAR(10))
      WHEN 'WEEKDAY' THEN CAST(part.weekday AS VARCHAR(1))
      WHEN 'HOUR' THEN CAST(part.hour AS VARCHAR(2))
      WHEN 'COUNTRY' THEN part.country
      WHEN 'CUSTOMER' THEN COALESCE(part.customer_id, '')
      WHEN 'CANCELLED' THEN CASE WHEN part.cancelled THEN 'true' ELSE 'false' END
      WHEN 'MONTH_COUNTRY' THEN part.month || ' ' || part.country
      ELSE ''
    END AS VARCHAR(256)
  ) AS group_key
FROM (
  SELECT
    -1 AS sign,
    COUNT(*) OVER (PARTITION BY fact_invoice.invoice_no) AS parts,
    fact_invoice.invoice_no,
    fact_invoice.day,
    fact_invoice.hour,
    fact_invoice.year,
    fact_invoice.quarter,
    fact_invoice.month,
    fact_invoice.week,
    fact_invoice.weekday,
    fact_invoice.country,
    fact_invoice.customer_id,
    fact_invoice.cancelled,
    fact_invoice.revenue,
    fact_invoice.units,
    fact_invoice.lines
  FROM touched_invoice
  INNER JOIN mart.fact_invoice ON touched_invoice.invoice_no = fact_invoice.invoice_no
  UNION ALL
  SELECT
    1 AS sign,
    COUNT(*) OVER (PARTITION BY fresh_invoice.invoice_no) AS parts,
    fresh_invoice.invoice_no,
    fresh_invoice.day,
    fresh_invoice.hour,
    calendar.year,
    calendar.quarter,
    calendar.month,
    calendar.week,
    calendar.weekday,
    fresh_invoice.country,
    fresh_invoice.customer_id,
    fresh_invoice.cancelled,
    fresh_invoice.revenue,
    fresh_invoice.units,
    fresh_invoice.lines
  FROM fresh_invoice
  INNER JOIN mart.calendar ON fresh_invoice.day = calendar.day
  UNION ALL
  SELECT
    0 AS sign,
    CAST(1 AS BIGINT) AS parts,
    fact_invoice.invoice_no,
    fact_invoice.day,
    fact_invoice.hour,
    fact_invoice.year,
    fact_invoice.quarter,
    fact_invoice.month,
    fact_invoice.week,
    fact_invoice.weekday,
    fact_invoice.country,
    fact_invoice.customer_id,
    fact_invoice.cancelled,
    fact_invoice.revenue,
    fact_invoice.units,
    fact_invoice.lines
  FROM (
    SELECT fresh_invoice.customer_id
    FROM fresh_invoice
    UNION
    SELECT former.customer_id
    FROM mart.fact_invoice AS former
    INNER JOIN touched_invoice ON former.invoice_no = touched_invoice.invoice_no
  ) AS moving
  INNER JOIN mart.fact_invoice ON moving.customer_id = fact_invoice.customer_id
  LEFT JOIN touched_invoice ON fact_invoice.invoice_no = touched_invoice.invoice_no
  WHERE touched_invoice.invoice_no IS NULL
) AS part
CROSS JOIN mart.sales_grouping;
