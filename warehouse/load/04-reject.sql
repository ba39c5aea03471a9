-- What was wrong, in the words of the doors, with the row as it came.
INSERT INTO intake.reject (
  reason, source_object, rejected_at, lineid, invoiceno, stockcode, description, quantity, invoicedate, unitprice, customerid,
  country, sentat, landing_id, copied_at
)
SELECT
  refused.wrong_field || ': write ' || line_rule.expected || ': got "'
  || CASE WHEN LENGTH(refused.wrong_value) > 80 THEN LEFT(refused.wrong_value, 80) || '…' ELSE refused.wrong_value END
  || '"' AS reason,
  landing.source AS source_object,
  GETDATE() AS rejected_at,
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
  landing.copied_at
FROM (
  SELECT
    landing_id,
    wrong_field,
    COALESCE(
      CASE wrong_field
        WHEN 'lineId' THEN line_id
        WHEN 'invoiceNo' THEN invoice_no
        WHEN 'stockCode' THEN stock_code
        WHEN 'description' THEN description
        WHEN 'quantity' THEN quantity
        WHEN 'invoiceDate' THEN invoice_date
        WHEN 'unitPrice' THEN unit_price
        WHEN 'customerId' THEN customer_id
        WHEN 'country' THEN country
        ELSE sent_at
      END, ''
    ) AS wrong_value
  FROM judged
  WHERE wrong_field IS NOT NULL
) AS refused
INNER JOIN intake.landing ON refused.landing_id = landing.landing_id
INNER JOIN intake.line_rule ON refused.wrong_field = line_rule.field;
