-- What the batch has to say: lines that are not there, and later versions of those that are (domain/line-version.ts). A later version of the same content changes
-- no sum, but its time must be kept: a version between the two would win without it.
CREATE TEMP TABLE change AS
SELECT
  said.source,
  said.line_id,
  said.invoice_no,
  said.stock_code,
  said.description,
  said.quantity,
  said.unit_price,
  CAST(said.quantity * said.unit_price AS DECIMAL(19, 3)) AS amount,
  said.invoice_ts,
  CAST(said.invoice_ts AS DATE) AS day,
  CAST(EXTRACT(HOUR FROM said.invoice_ts) AS SMALLINT) AS hour,
  said.customer_id,
  said.country,
  (said.invoice_no LIKE 'C%') AS cancelled,
  said.sent_at,
  CASE
    WHEN present.line_id IS NULL THEN 'NEW'
    WHEN said.content = present.content THEN 'SAME'
    ELSE 'CHANGED'
  END AS kind
FROM batch AS said
LEFT JOIN (
  SELECT
    line_id,
    invoice_no,
    sent_at,
    stock_code || CHR(31) || COALESCE(description, '') || CHR(31) || CAST(quantity AS VARCHAR(11)) || CHR(31)
    || TO_CHAR(invoice_ts, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || CHR(31) || CAST(unit_price AS VARCHAR(14)) || CHR(31)
    || COALESCE(customer_id, '') || CHR(31) || country AS content
  FROM mart.sales_line
) AS present ON said.invoice_no = present.invoice_no AND said.line_id = present.line_id
WHERE
  present.line_id IS NULL
  OR said.sent_at > present.sent_at
  OR (said.sent_at = present.sent_at AND said.content > present.content);
