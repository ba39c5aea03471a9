-- The lines that passed, typed.
CREATE TEMP TABLE batch AS
SELECT
  landing.landing_id,
  landing.source,
  CAST(TRIM(landing.lineid) AS VARCHAR(64)) AS line_id,
  CAST(TRIM(landing.invoiceno) AS VARCHAR(32)) AS invoice_no,
  CAST(TRIM(landing.stockcode) AS VARCHAR(160)) AS stock_code,
  CAST(NULLIF(TRIM(landing.description), '') AS VARCHAR(800)) AS description,
  CAST(TRIM(landing.quantity) AS INTEGER) AS quantity,
  CAST(TRIM(landing.unitprice) AS DECIMAL(12, 3)) AS unit_price,
  judged.invoice_ts,
  CAST(NULLIF(TRIM(landing.customerid), '') AS VARCHAR(32)) AS customer_id,
  CAST(TRIM(landing.country) AS VARCHAR(240)) AS country,
  CAST(TRIM(landing.sentat) AS BIGINT) AS sent_at
FROM judged
INNER JOIN intake.landing ON judged.landing_id = landing.landing_id
WHERE judged.wrong_field IS NULL;
