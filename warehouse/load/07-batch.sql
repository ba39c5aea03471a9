-- The lines that passed, typed, each with its content as one text: what versions of a line are told apart by (domain/line-version.ts).
CREATE TEMP TABLE batch AS
SELECT
  typed.*,
  typed.stock_code || CHR(31) || COALESCE(typed.description, '') || CHR(31) || CAST(typed.quantity AS VARCHAR(11)) || CHR(31)
  || TO_CHAR(typed.invoice_ts, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || CHR(31) || CAST(typed.unit_price AS VARCHAR(14)) || CHR(31)
  || COALESCE(typed.customer_id, '') || CHR(31) || typed.country AS content
FROM (
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
  WHERE judged.wrong_field IS NULL
) AS typed;
