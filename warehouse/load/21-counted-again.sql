-- fact_invoice has a few invoices in more than one row. How many too many invoices each group that has several of these rows counts when it
-- counts rows: sorting all invoices of each group to tell them apart would take most of a load's time.
CREATE TEMP TABLE counted_again AS
SELECT
  repeated.grouping_name,
  repeated.group_key,
  SUM(repeated.times) AS times
FROM (
  SELECT
    moved_in_group.grouping_name,
    moved_in_group.group_key,
    moved_in_group.sign * (COUNT(*) - 1) AS times
  FROM moved_in_group
  WHERE moved_in_group.parts > 1
  GROUP BY moved_in_group.sign, moved_in_group.invoice_no, moved_in_group.grouping_name, moved_in_group.group_key
  HAVING COUNT(*) > 1
) AS repeated
GROUP BY repeated.grouping_name, repeated.group_key;
