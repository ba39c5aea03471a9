-- Each line once: of several versions the greatest (sent_at, content) stays, compared as domain/line-version.ts does.
DELETE FROM batch
WHERE landing_id IN (
  SELECT ranked.landing_id
  FROM (
    SELECT
      batch.landing_id,
      ROW_NUMBER() OVER (
        PARTITION BY batch.invoice_no, batch.line_id
        ORDER BY batch.sent_at DESC, batch.content DESC, batch.landing_id DESC
      ) AS place
    FROM batch
    INNER JOIN (
      SELECT
        invoice_no,
        line_id
      FROM batch
      GROUP BY invoice_no, line_id
      HAVING COUNT(*) > 1
    ) AS repeated ON batch.invoice_no = repeated.invoice_no AND batch.line_id = repeated.line_id
  ) AS ranked
  WHERE ranked.place > 1
);
