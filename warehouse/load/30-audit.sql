-- newest_copied_at is the stream's alone: it tells whether what was announced has been copied, and of an import the manifest tells.
INSERT INTO intake.load_audit (
  load_id, finished_at, lines_in, lines_rejected, lines_repeated, lines_new, lines_changed, lines_unchanged, newest_copied_at
)
SELECT
  earlier.load_id + 1 AS load_id,
  GETDATE() AS finished_at,
  arrived.lines_in + repeated.lines_in AS lines_in,
  arrived.lines_rejected,
  arrived.lines_in - arrived.lines_rejected - told.lines_once AS lines_repeated,
  done.lines_new,
  done.lines_changed,
  repeated.lines_in + told.lines_once - done.lines_new - done.lines_changed AS lines_unchanged,
  COALESCE(delivered.newest_copied_at, CAST('1970-01-01 00:00:00' AS TIMESTAMP)) AS newest_copied_at
FROM (
  SELECT
    COUNT(*) AS lines_in,
    COUNT(wrong_field) AS lines_rejected
  FROM judged
) AS arrived
CROSS JOIN (SELECT COUNT(*) AS lines_in FROM already) AS repeated
CROSS JOIN (
  SELECT MAX(streamed.copied_at) AS newest_copied_at
  FROM (
    SELECT judged.copied_at
    FROM judged
    WHERE judged.source IS NULL
    UNION ALL
    SELECT already.copied_at
    FROM already
    WHERE already.source IS NULL
  ) AS streamed
) AS delivered
CROSS JOIN (SELECT COUNT(*) AS lines_once FROM batch) AS told
CROSS JOIN (
  SELECT
    COUNT(CASE WHEN kind = 'NEW' THEN 1 END) AS lines_new,
    COUNT(CASE WHEN kind = 'CHANGED' THEN 1 END) AS lines_changed
  FROM change
) AS done
CROSS JOIN (SELECT COALESCE(MAX(load_audit.load_id), 0) AS load_id FROM intake.load_audit) AS earlier
WHERE arrived.lines_in + repeated.lines_in > 0;
