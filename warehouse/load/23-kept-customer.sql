-- Where customers who come or go are anyway: in the groups of their invoices that did not move.
CREATE TEMP TABLE kept_customer AS
SELECT DISTINCT
  grouping_name,
  group_key,
  customer_id
FROM grouped_part
WHERE sign = 0;
