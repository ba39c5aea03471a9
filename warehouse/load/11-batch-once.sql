-- Each line once: of several versions the greatest (sent_at, content) stays.
DELETE FROM batch
WHERE landing_id IN (
  SELECT ranked.landing_id
  FROM (
    SELECT
      versions.landing_id,
      ROW_NUMBER() OVER (
        PARTITION BY versions.line_id
        ORDER BY versions.sent_at DESC, versions.content DESC, versions.landing_id DESC
      ) AS place
    FROM (
      SELECT
        landing_id,
        line_id,
        sent_at,
        invoice_no || CHR(31) || stock_code || CHR(31) || COALESCE(description, '') || CHR(31) || CAST(quantity AS VARCHAR(11))
        || CHR(31) || TO_CHAR(invoice_ts, 'YYYY-MM-DD HH24:MI:SS') || CHR(31) || CAST(unit_price AS VARCHAR(14)) || CHR(31)
        || COALESCE(customer_id, '') || CHR(31) || country AS content
      FROM batch
      WHERE line_id IN (SELECT repeated.line_id FROM batch AS repeated GROUP BY repeated.line_id HAVING COUNT(*) > 1)
    ) AS versions
  ) AS ranked
  WHERE ranked.place > 1
);
