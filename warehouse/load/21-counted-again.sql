-- fact_invoice has a few invoices in more than one row. How many too many invoices each group that has several of these rows counts when it
-- counts rows: sorting all invoices of each group to tell them apart would take most of a load's time.
CREATE TEMP TABLE counted_again AS
SELECT
  repeated.grouping_name,
  repeated.group_key,
  SUM(repeated.times) AS times
FROM (
  SELECT
    grouped_part.grouping_name,
    grouped_part.group_key,
    grouped_part.sign * (COUNT(*) - 1) AS times
  FROM grouped_part
  WHERE grouped_part.parts > 1
  GROUP BY grouped_part.sign, grouped_part.invoice_no, grouped_part.grouping_name, grouped_part.group_key
  HAVING COUNT(*) > 1
) AS repeated
GROUP BY repeated.grouping_name, repeated.group_key;
