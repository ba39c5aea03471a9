-- The lines that passed, typed, each once: of several versions the greatest (sent_at, content).
CREATE TEMP TABLE batch AS
SELECT
  line_id,
  invoice_no,
  stock_code,
  description,
  quantity,
  unit_price,
  CAST(quantity * unit_price AS DECIMAL(18, 3)) AS amount,
  invoice_ts,
  CAST(invoice_ts AS DATE) AS day,
  CAST(EXTRACT(HOUR FROM invoice_ts) AS SMALLINT) AS hour,
  customer_id,
  country,
  (invoice_no LIKE 'C%') AS cancelled,
  sent_at,
  content
FROM (
  SELECT
    line_id,
    invoice_no,
    stock_code,
    description,
    quantity,
    unit_price,
    invoice_ts,
    customer_id,
    country,
    sent_at,
    content,
    ROW_NUMBER() OVER (PARTITION BY line_id ORDER BY sent_at DESC, content DESC) AS place
  FROM (
    SELECT
      line_id,
      invoice_no,
      stock_code,
      description,
      quantity,
      unit_price,
      invoice_ts,
      customer_id,
      country,
      sent_at,
      invoice_no || CHR(31) || stock_code || CHR(31) || COALESCE(description, '') || CHR(31) || CAST(quantity AS VARCHAR(11))
      || CHR(31) || TO_CHAR(invoice_ts, 'YYYY-MM-DD HH24:MI:SS') || CHR(31) || CAST(unit_price AS VARCHAR(14)) || CHR(31)
      || COALESCE(customer_id, '') || CHR(31) || country AS content
    FROM (
      SELECT
        CAST(line_id AS VARCHAR(64)) AS line_id,
        CAST(invoice_no AS VARCHAR(32)) AS invoice_no,
        CAST(stock_code AS VARCHAR(120)) AS stock_code,
        CAST(description AS VARCHAR(600)) AS description,
        CAST(quantity AS INTEGER) AS quantity,
        CAST(unit_price AS DECIMAL(12, 3)) AS unit_price,
        CAST(LEFT(invoice_date, 10) || ' ' || SUBSTRING(invoice_date, 12, 8) AS TIMESTAMP) AS invoice_ts,
        CAST(customer_id AS VARCHAR(32)) AS customer_id,
        CAST(country AS VARCHAR(180)) AS country,
        CAST(sent_at AS BIGINT) AS sent_at
      FROM judged
      WHERE wrong_field IS NULL
    ) AS typed
  ) AS versioned
) AS ranked
WHERE place = 1;
