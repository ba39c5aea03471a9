-- What the batch has to say: lines that are not there, and later versions of those that are. A later version of the same content changes
-- no sum, but its time must be kept: a version between the two would win without it.
CREATE TEMP TABLE change AS
SELECT
  batch.line_id,
  batch.invoice_no,
  batch.stock_code,
  batch.description,
  batch.quantity,
  batch.unit_price,
  batch.amount,
  batch.invoice_ts,
  batch.day,
  batch.hour,
  batch.customer_id,
  batch.country,
  batch.cancelled,
  batch.sent_at,
  present.invoice_no AS old_invoice_no,
  CASE
    WHEN present.line_id IS NULL THEN 'NEW'
    WHEN batch.content = present.content THEN 'SAME'
    ELSE 'CHANGED'
  END AS kind
FROM batch
LEFT JOIN (
  SELECT
    line_id,
    invoice_no,
    sent_at,
    invoice_no || CHR(31) || stock_code || CHR(31) || COALESCE(description, '') || CHR(31) || CAST(quantity AS VARCHAR(11))
    || CHR(31) || TO_CHAR(invoice_ts, 'YYYY-MM-DD HH24:MI:SS') || CHR(31) || CAST(unit_price AS VARCHAR(14)) || CHR(31)
    || COALESCE(customer_id, '') || CHR(31) || country AS content
  FROM mart.sales_line
) AS present ON batch.line_id = present.line_id
WHERE
  present.line_id IS NULL
  OR batch.sent_at > present.sent_at
  OR (batch.sent_at = present.sent_at AND batch.content > present.content);
