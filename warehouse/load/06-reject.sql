-- What was wrong, in the words of the doors, with the row as it came. The same row is no news, whatever brings it again: Firehose, another
-- run of an import, or a rebuild. A reason is never NULL, whatever is missing: a row that could not be put aside would stop every load.
INSERT INTO intake.reject (
  reason, source_object, rejected_at, lineid, invoiceno, stockcode, description, quantity, invoicedate, unitprice, customerid,
  country, sentat, landing_id, copied_at
)
SELECT
  refused.wrong_field || ': write ' || COALESCE(line_rule.expected, 'what the rules of a line allow') || ': got "'
  || CASE WHEN LENGTH(refused.wrong_value) > 80 THEN LEFT(refused.wrong_value, 80) || '…' ELSE refused.wrong_value END
  || '"' AS reason,
  refused.source AS source_object,
  GETDATE() AS rejected_at,
  refused.lineid,
  refused.invoiceno,
  refused.stockcode,
  refused.description,
  refused.quantity,
  refused.invoicedate,
  refused.unitprice,
  refused.customerid,
  refused.country,
  refused.sentat,
  refused.landing_id,
  refused.copied_at
FROM (
  SELECT
    ROW_NUMBER() OVER (
      PARTITION BY
        landing.lineid, landing.invoiceno, landing.stockcode, landing.description, landing.quantity, landing.invoicedate,
        landing.unitprice, landing.customerid, landing.country, landing.sentat
      ORDER BY landing.landing_id
    ) AS place,
    judged.wrong_field,
    landing.source,
    landing.lineid,
    landing.invoiceno,
    landing.stockcode,
    landing.description,
    landing.quantity,
    landing.invoicedate,
    landing.unitprice,
    landing.customerid,
    landing.country,
    landing.sentat,
    landing.landing_id,
    landing.copied_at,
    TRIM(
      COALESCE(
        CASE judged.wrong_field
          WHEN 'lineId' THEN landing.lineid
          WHEN 'invoiceNo' THEN landing.invoiceno
          WHEN 'stockCode' THEN landing.stockcode
          WHEN 'description' THEN landing.description
          WHEN 'quantity' THEN landing.quantity
          WHEN 'invoiceDate' THEN landing.invoicedate
          WHEN 'unitPrice' THEN landing.unitprice
          WHEN 'customerId' THEN landing.customerid
          WHEN 'country' THEN landing.country
          WHEN 'amount' THEN TRIM(landing.quantity) || ' x ' || TRIM(landing.unitprice)
          ELSE COALESCE(landing.sentat, 'nothing')
        END, ''
      )
    ) AS wrong_value
  FROM judged
  INNER JOIN intake.landing ON judged.landing_id = landing.landing_id
  WHERE judged.wrong_field IS NOT NULL
) AS refused
LEFT JOIN intake.line_rule ON refused.wrong_field = line_rule.field
LEFT JOIN intake.reject AS known
  ON
    COALESCE(refused.lineid, '') = COALESCE(known.lineid, '')
    AND COALESCE(refused.invoiceno, '') = COALESCE(known.invoiceno, '')
    AND COALESCE(refused.stockcode, '') = COALESCE(known.stockcode, '')
    AND COALESCE(refused.description, '') = COALESCE(known.description, '')
    AND COALESCE(refused.quantity, '') = COALESCE(known.quantity, '')
    AND COALESCE(refused.invoicedate, '') = COALESCE(known.invoicedate, '')
    AND COALESCE(refused.unitprice, '') = COALESCE(known.unitprice, '')
    AND COALESCE(refused.customerid, '') = COALESCE(known.customerid, '')
    AND COALESCE(refused.country, '') = COALESCE(known.country, '')
    AND COALESCE(refused.sentat, '') = COALESCE(known.sentat, '')
    AND known.line_number IS NULL
WHERE refused.place = 1 AND known.reason IS NULL;
