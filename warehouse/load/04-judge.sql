-- The landing rows of this load, and the first field of each that fits no rule: those of the doors (domain/line-fields.ts), outer blanks
-- aside. A field is wrong unless it is proved right, so that NULL, which makes most comparisons neither true nor false, proves nothing.
-- Rows that COPY lands from here on are not in it, and stay for the next load. What is slow stands behind what is quick: blanks are cut
-- off only where a text is too long with them, control characters are looked for only where there is anything but printable ASCII, and
-- quantity and price are multiplied only where their digits are so many that the product may be too large. Times are read once for all
-- the lines that have them. Letters beyond ASCII are written as their bytes in UTF-8, since CHR makes characters of ASCII; the tags above
-- U+E0000 are missing, because they are 4,096.
CREATE TEMP TABLE judged AS
SELECT
  landing.landing_id,
  landing.source,
  landing.copied_at,
  CASE
    WHEN
      NOT COALESCE(
        landing.lineid ~ '^ *[A-Za-z0-9][A-Za-z0-9._:-]* *$'
        AND (OCTET_LENGTH(landing.lineid) <= 64 OR OCTET_LENGTH(TRIM(landing.lineid)) <= 64), FALSE
      )
      THEN 'lineId'
    WHEN
      NOT COALESCE(
        landing.invoiceno ~ '^ *[A-Za-z0-9][A-Za-z0-9._-]* *$'
        AND (OCTET_LENGTH(landing.invoiceno) <= 32 OR OCTET_LENGTH(TRIM(landing.invoiceno)) <= 32), FALSE
      )
      THEN 'invoiceNo'
    WHEN
      NOT COALESCE(
        TRIM(landing.stockcode) <> ''
        AND (OCTET_LENGTH(landing.stockcode) <= 40 OR LENGTH(TRIM(landing.stockcode)) <= 40)
        AND (
          NOT landing.stockcode ~ '[^ -~]'
          OR LENGTH(TRANSLATE(landing.stockcode, letter.controls_and_unseen, '')) = LENGTH(landing.stockcode)
        ), FALSE
      )
      THEN 'stockCode'
    WHEN
      NOT COALESCE(
        landing.description IS NULL
        OR (
          (OCTET_LENGTH(landing.description) <= 200 OR LENGTH(TRIM(landing.description)) <= 200)
          AND (
            NOT landing.description ~ '[^ -~]'
            OR LENGTH(TRANSLATE(landing.description, letter.controls, '')) = LENGTH(landing.description)
          )
        ), FALSE
      )
      THEN 'description'
    WHEN
      NOT COALESCE(
        (OCTET_LENGTH(landing.quantity) < 7 AND landing.quantity ~ '^[0-9]+$')
        OR landing.quantity ~ '^ *-?([0-9]{1,6}|1000000) *$', FALSE
      )
      THEN 'quantity'
    WHEN moment.invoice_ts IS NULL
      THEN 'invoiceDate'
    WHEN NOT COALESCE(landing.unitprice ~ '^ *-?(0|[1-9][0-9]{0,5})([.][0-9]{1,3})? *$', FALSE)
      THEN 'unitPrice'
    WHEN
      NOT COALESCE(
        landing.customerid IS NULL
        OR (
          landing.customerid ~ '^ *([A-Za-z0-9][A-Za-z0-9_-]*)? *$'
          AND (OCTET_LENGTH(landing.customerid) <= 32 OR OCTET_LENGTH(TRIM(landing.customerid)) <= 32)
        ), FALSE
      )
      THEN 'customerId'
    WHEN
      NOT COALESCE(
        TRIM(landing.country) <> ''
        AND (OCTET_LENGTH(landing.country) <= 60 OR LENGTH(TRIM(landing.country)) <= 60)
        AND (
          NOT landing.country ~ '[^ -~]'
          OR LENGTH(TRANSLATE(landing.country, letter.controls_and_unseen, '')) = LENGTH(landing.country)
        ), FALSE
      )
      THEN 'country'
    WHEN
      OCTET_LENGTH(landing.quantity) + STRPOS(landing.unitprice || '.', '.') > 7
      AND ABS(CAST(TRIM(landing.quantity) AS INTEGER) * CAST(TRIM(landing.unitprice) AS DECIMAL(12, 3))) > 9000000
      THEN 'amount'
    WHEN
      NOT COALESCE(
        landing.sentat ~ '^ *[0-9]+ *$'
        AND (
          OCTET_LENGTH(landing.sentat) < 15
          OR OCTET_LENGTH(TRIM(landing.sentat)) < 15
          OR (OCTET_LENGTH(TRIM(landing.sentat)) = 15 AND TRIM(landing.sentat) <= '253402300799999')
        ), FALSE
      )
      THEN 'sentAt'
  END AS wrong_field,
  moment.invoice_ts
FROM intake.landing
CROSS JOIN (
  SELECT
    ascii_control.letters || c1_control.letters AS controls,
    ascii_control.letters || c1_control.letters || unseen.letters AS controls_and_unseen
  FROM (
    SELECT
      CHR(1) || CHR(2) || CHR(3) || CHR(4) || CHR(5) || CHR(6) || CHR(7) || CHR(8) || CHR(9) || CHR(10) || CHR(11) || CHR(12)
      || CHR(13) || CHR(14) || CHR(15) || CHR(16) || CHR(17) || CHR(18) || CHR(19) || CHR(20) || CHR(21) || CHR(22) || CHR(23)
      || CHR(24) || CHR(25) || CHR(26) || CHR(27) || CHR(28) || CHR(29) || CHR(30) || CHR(31) || CHR(127) AS letters
  ) AS ascii_control
  CROSS JOIN (
    SELECT
      FROM_VARBYTE(
        FROM_HEX(
          'c280c281c282c283c284c285c286c287c288c289c28ac28bc28cc28dc28ec28fc290c291c292c293c294c295c296c297'
          || 'c298c299c29ac29bc29cc29dc29ec29f'
        ), 'utf8'
      ) AS letters
  ) AS c1_control
  CROSS JOIN (
    SELECT
      FROM_VARBYTE(
        FROM_HEX(
          'c2adcd8fd89ce1859fe185a0e19eb4e19eb5e1a08be1a08ce1a08de1a08ee1a08fe2808be2808ce2808de2808ee2808f'
          || 'e280a8e280a9e280aae280abe280ace280ade280aee281a0e281a1e281a2e281a3e281a4e281a5e281a6e281a7e281a8'
          || 'e281a9e281aae281abe281ace281ade281aee281afe385a4efb880efb881efb882efb883efb884efb885efb886efb887'
          || 'efb888efb889efb88aefb88befb88cefb88defb88eefb88fefbbbfefbea0efbfb0efbfb1efbfb2efbfb3efbfb4efbfb5'
          || 'efbfb6efbfb7efbfb8efbfb9efbfbaefbfbb'
        ), 'utf8'
      ) AS letters
  ) AS unseen
) AS letter
LEFT JOIN (
  SELECT
    told.invoicedate,
    CASE
      WHEN
        SUBSTRING(TRIM(told.invoicedate), 11, 20) ~ '^T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.]0+)?Z$'
        AND OCTET_LENGTH(TRIM(told.invoicedate)) <= 30
        THEN CAST(calendar.day_text || ' ' || SUBSTRING(TRIM(told.invoicedate), 12, 8) AS TIMESTAMP)
    END AS invoice_ts
  FROM (SELECT DISTINCT dated.invoicedate FROM intake.landing AS dated) AS told
  INNER JOIN mart.calendar ON LEFT(TRIM(told.invoicedate), 10) = calendar.day_text
) AS moment ON landing.invoicedate = moment.invoicedate;
