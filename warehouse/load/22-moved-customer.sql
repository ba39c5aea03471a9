-- By customer, so that customers are counted: "gain" is 1 for one who comes into the group, and -1 for one who goes from it, unless invoices
-- that did not move keep them there.
CREATE TEMP TABLE moved_customer AS
SELECT
  grouping_name,
  group_key,
  customer_id,
  SUM(sign * revenue) AS revenue,
  SUM(sign * units) AS units,
  SUM(sign * lines) AS lines,
  SUM(sign) AS rows_of_invoices,
  MAX(CASE WHEN sign = 1 THEN 1 ELSE 0 END) - MAX(CASE WHEN sign = -1 THEN 1 ELSE 0 END) AS gain
FROM grouped_part
WHERE sign <> 0
GROUP BY grouping_name, group_key, customer_id;
