-- Each line once: of several versions the greatest (sent_at, content) stays, compared as domain/line-version.ts does.
DELETE FROM batch
WHERE landing_id IN (
  SELECT ranked.landing_id
  FROM (
    SELECT
      versions.landing_id,
      ROW_NUMBER() OVER (
        PARTITION BY versions.invoice_no, versions.line_id
        ORDER BY versions.sent_at DESC, versions.content DESC, versions.landing_id DESC
      ) AS place
    FROM (
      SELECT
        batch.landing_id,
        batch.invoice_no,
        batch.line_id,
        batch.sent_at,
        batch.stock_code || CHR(31) || COALESCE(batch.description, '') || CHR(31) || CAST(batch.quantity AS VARCHAR(11)) || CHR(31)
        || TO_CHAR(batch.invoice_ts, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || CHR(31) || CAST(batch.unit_price AS VARCHAR(14)) || CHR(31)
        || COALESCE(batch.customer_id, '') || CHR(31) || batch.country AS content
      FROM batch
      INNER JOIN (
        SELECT
          invoice_no,
          line_id
        FROM batch
        GROUP BY invoice_no, line_id
        HAVING COUNT(*) > 1
      ) AS repeated ON batch.invoice_no = repeated.invoice_no AND batch.line_id = repeated.line_id
    ) AS versions
  ) AS ranked
  WHERE ranked.place > 1
);
