-- All columns are set, and alike in both branches: Redshift merges that faster.
-- The target has no other name in MERGE, so its columns stand with all of it.
MERGE INTO mart.sales_line
USING change
ON mart.sales_line.invoice_no = change.invoice_no AND mart.sales_line.line_id = change.line_id
WHEN MATCHED THEN UPDATE SET
  invoice_no = change.invoice_no,
  line_id = change.line_id,
  stock_code = change.stock_code,
  description = change.description,
  quantity = change.quantity,
  unit_price = change.unit_price,
  amount = change.amount,
  invoice_ts = change.invoice_ts,
  day = change.day,
  hour = change.hour,
  customer_id = change.customer_id,
  country = change.country,
  cancelled = change.cancelled,
  sent_at = change.sent_at
WHEN NOT MATCHED THEN INSERT (
  invoice_no, line_id, stock_code, description, quantity, unit_price, amount, invoice_ts, day, hour, customer_id, country,
  cancelled, sent_at
) VALUES (
  change.invoice_no, change.line_id, change.stock_code, change.description, change.quantity, change.unit_price, change.amount,
  change.invoice_ts, change.day, change.hour, change.customer_id, change.country, change.cancelled, change.sent_at
);
