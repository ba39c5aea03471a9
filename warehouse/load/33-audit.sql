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
  CASE
    WHEN repeated.newest_copied_at IS NULL OR arrived.newest_copied_at > repeated.newest_copied_at THEN arrived.newest_copied_at
    ELSE repeated.newest_copied_at
  END AS newest_copied_at
FROM (
  SELECT
    COUNT(*) AS lines_in,
    COUNT(wrong_field) AS lines_rejected,
    MAX(copied_at) AS newest_copied_at
  FROM judged
) AS arrived
CROSS JOIN (
  SELECT
    COUNT(*) AS lines_in,
    MAX(copied_at) AS newest_copied_at
  FROM already
) AS repeated
CROSS JOIN (SELECT COUNT(*) AS lines_once FROM batch) AS told
CROSS JOIN (
  SELECT
    COUNT(CASE WHEN kind = 'NEW' THEN 1 END) AS lines_new,
    COUNT(CASE WHEN kind = 'CHANGED' THEN 1 END) AS lines_changed
  FROM change
) AS done
CROSS JOIN (SELECT COALESCE(MAX(load_audit.load_id), 0) AS load_id FROM intake.load_audit) AS earlier
WHERE arrived.lines_in + repeated.lines_in > 0;
