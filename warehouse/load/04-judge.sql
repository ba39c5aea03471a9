-- The landing rows of this load, and the first field of each that fits no rule: those of the doors (domain/line-rules.ts) after outer
-- blanks are gone, and what the columns of mart hold in bytes. Rows that COPY lands from here on are not in it, and stay for the next
-- load. Control characters are looked for where there is anything but printable ASCII, which is seldom.
CREATE TEMP TABLE judged AS
SELECT
  line.landing_id,
  line.copied_at,
  CASE
    WHEN line.line_id IS NULL OR OCTET_LENGTH(line.line_id) > 64 OR NOT line.line_id ~ '^[A-Za-z0-9][A-Za-z0-9._:-]*$'
      THEN 'lineId'
    WHEN line.invoice_no IS NULL OR OCTET_LENGTH(line.invoice_no) > 32 OR NOT line.invoice_no ~ '^[A-Za-z0-9][A-Za-z0-9._-]*$'
      THEN 'invoiceNo'
    WHEN
      line.stock_code IS NULL OR LENGTH(line.stock_code) > 40 OR OCTET_LENGTH(line.stock_code) > 120
      OR (
        line.stock_code ~ '[^ -~]'
        AND LENGTH(TRANSLATE(line.stock_code, letter.controls, '')) < LENGTH(line.stock_code)
      )
      THEN 'stockCode'
    WHEN
      LENGTH(line.description) > 200 OR OCTET_LENGTH(line.description) > 600
      OR (
        line.description ~ '[^ -~]'
        AND LENGTH(TRANSLATE(line.description, letter.controls, '')) < LENGTH(line.description)
      )
      THEN 'description'
    WHEN line.quantity IS NULL OR NOT line.quantity ~ '^-?([0-9]{1,6}|1000000)$'
      THEN 'quantity'
    WHEN
      known_day.day_text IS NULL
      OR OCTET_LENGTH(line.invoice_date) > 30
      OR NOT SUBSTRING(line.invoice_date, 11) ~ '^T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.]0+)?Z$'
      THEN 'invoiceDate'
    WHEN line.unit_price IS NULL OR NOT line.unit_price ~ '^-?(0|[1-9][0-9]{0,5})([.][0-9]{1,3})?$'
      THEN 'unitPrice'
    WHEN OCTET_LENGTH(line.customer_id) > 32 OR NOT line.customer_id ~ '^[A-Za-z0-9][A-Za-z0-9_-]*$'
      THEN 'customerId'
    WHEN
      line.country IS NULL OR LENGTH(line.country) > 60 OR OCTET_LENGTH(line.country) > 180
      OR (
        line.country ~ '[^ -~]'
        AND LENGTH(TRANSLATE(line.country, letter.controls, '')) < LENGTH(line.country)
      )
      THEN 'country'
    WHEN line.sent_at IS NULL OR OCTET_LENGTH(line.sent_at) > 15 OR NOT line.sent_at ~ '^[0-9]+$'
      THEN 'sentAt'
  END AS wrong_field
FROM (
  SELECT
    landing_id,
    copied_at,
    NULLIF(TRIM(lineid), '') AS line_id,
    NULLIF(TRIM(invoiceno), '') AS invoice_no,
    NULLIF(TRIM(stockcode), '') AS stock_code,
    NULLIF(TRIM(description), '') AS description,
    NULLIF(TRIM(quantity), '') AS quantity,
    NULLIF(TRIM(invoicedate), '') AS invoice_date,
    NULLIF(TRIM(unitprice), '') AS unit_price,
    NULLIF(TRIM(customerid), '') AS customer_id,
    NULLIF(TRIM(country), '') AS country,
    NULLIF(TRIM(sentat), '') AS sent_at
  FROM intake.landing
) AS line
CROSS JOIN (
  SELECT
    CHR(1) || CHR(2) || CHR(3) || CHR(4) || CHR(5) || CHR(6) || CHR(7) || CHR(8) || CHR(9) || CHR(10) || CHR(11) || CHR(12)
    || CHR(13) || CHR(14) || CHR(15) || CHR(16) || CHR(17) || CHR(18) || CHR(19) || CHR(20) || CHR(21) || CHR(22) || CHR(23)
    || CHR(24) || CHR(25) || CHR(26) || CHR(27) || CHR(28) || CHR(29) || CHR(30) || CHR(31) || CHR(127) AS controls
) AS letter
LEFT JOIN (
  SELECT calendar.day_text
  FROM (SELECT DISTINCT LEFT(TRIM(landing.invoicedate), 10) AS day_text FROM intake.landing) AS told_day
  INNER JOIN mart.calendar ON told_day.day_text = calendar.day_text
) AS known_day ON LEFT(line.invoice_date, 10) = known_day.day_text;
