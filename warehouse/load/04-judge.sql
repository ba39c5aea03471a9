-- The landing rows of this load, and the first field of each that fits no rule: those of the doors (domain/line-rules.ts), outer blanks
-- aside, and what the columns of mart hold in bytes. Rows that COPY lands from here on are not in it, and stay for the next load. What is
-- slow stands behind what is quick: blanks are cut off only where a text is too long with them, and control characters are looked for
-- only where there is anything but printable ASCII.
CREATE TEMP TABLE judged AS
SELECT
  landing.landing_id,
  landing.source,
  landing.copied_at,
  CASE
    WHEN
      NOT COALESCE(landing.lineid, '') ~ '^ *[A-Za-z0-9][A-Za-z0-9._:-]* *$'
      OR (OCTET_LENGTH(landing.lineid) > 64 AND OCTET_LENGTH(TRIM(landing.lineid)) > 64)
      THEN 'lineId'
    WHEN
      NOT COALESCE(landing.invoiceno, '') ~ '^ *[A-Za-z0-9][A-Za-z0-9._-]* *$'
      OR (OCTET_LENGTH(landing.invoiceno) > 32 AND OCTET_LENGTH(TRIM(landing.invoiceno)) > 32)
      THEN 'invoiceNo'
    WHEN
      COALESCE(TRIM(landing.stockcode), '') = ''
      OR (LENGTH(landing.stockcode) > 40 AND LENGTH(TRIM(landing.stockcode)) > 40)
      OR (OCTET_LENGTH(landing.stockcode) > 120 AND OCTET_LENGTH(TRIM(landing.stockcode)) > 120)
      OR (
        landing.stockcode ~ '[^ -~]'
        AND LENGTH(TRANSLATE(landing.stockcode, letter.controls, '')) < LENGTH(landing.stockcode)
      )
      THEN 'stockCode'
    WHEN
      (LENGTH(landing.description) > 200 AND LENGTH(TRIM(landing.description)) > 200)
      OR (OCTET_LENGTH(landing.description) > 600 AND OCTET_LENGTH(TRIM(landing.description)) > 600)
      OR (
        landing.description ~ '[^ -~]'
        AND LENGTH(TRANSLATE(landing.description, letter.controls, '')) < LENGTH(landing.description)
      )
      THEN 'description'
    WHEN NOT COALESCE(landing.quantity, '') ~ '^ *-?([0-9]{1,6}|1000000) *$'
      THEN 'quantity'
    WHEN
      known_day.day_text IS NULL
      OR NOT SUBSTRING(TRIM(landing.invoicedate), 11) ~ '^T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.]0+)?Z$'
      OR (OCTET_LENGTH(landing.invoicedate) > 30 AND OCTET_LENGTH(TRIM(landing.invoicedate)) > 30)
      THEN 'invoiceDate'
    WHEN NOT COALESCE(landing.unitprice, '') ~ '^ *-?(0|[1-9][0-9]{0,5})([.][0-9]{1,3})? *$'
      THEN 'unitPrice'
    WHEN
      NOT landing.customerid ~ '^ *([A-Za-z0-9][A-Za-z0-9_-]*)? *$'
      OR (OCTET_LENGTH(landing.customerid) > 32 AND OCTET_LENGTH(TRIM(landing.customerid)) > 32)
      THEN 'customerId'
    WHEN
      COALESCE(TRIM(landing.country), '') = ''
      OR (LENGTH(landing.country) > 60 AND LENGTH(TRIM(landing.country)) > 60)
      OR (OCTET_LENGTH(landing.country) > 180 AND OCTET_LENGTH(TRIM(landing.country)) > 180)
      OR (
        landing.country ~ '[^ -~]'
        AND LENGTH(TRANSLATE(landing.country, letter.controls, '')) < LENGTH(landing.country)
      )
      THEN 'country'
    WHEN
      NOT COALESCE(landing.sentat, '') ~ '^ *[0-9]+ *$'
      OR (OCTET_LENGTH(landing.sentat) > 15 AND OCTET_LENGTH(TRIM(landing.sentat)) > 15)
      THEN 'sentAt'
  END AS wrong_field
FROM intake.landing
CROSS JOIN (
  SELECT
    CHR(1) || CHR(2) || CHR(3) || CHR(4) || CHR(5) || CHR(6) || CHR(7) || CHR(8) || CHR(9) || CHR(10) || CHR(11) || CHR(12)
    || CHR(13) || CHR(14) || CHR(15) || CHR(16) || CHR(17) || CHR(18) || CHR(19) || CHR(20) || CHR(21) || CHR(22) || CHR(23)
    || CHR(24) || CHR(25) || CHR(26) || CHR(27) || CHR(28) || CHR(29) || CHR(30) || CHR(31) || CHR(127) AS controls
) AS letter
LEFT JOIN (
  SELECT calendar.day_text
  FROM (SELECT DISTINCT LEFT(TRIM(dated.invoicedate), 10) AS day_text FROM intake.landing AS dated) AS told_day
  INNER JOIN mart.calendar ON told_day.day_text = calendar.day_text
) AS known_day ON LEFT(TRIM(landing.invoicedate), 10) = known_day.day_text;
