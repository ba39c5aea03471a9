-- The same account for each import that had lines in this load. Of equal lines of two sources the one that stayed counts as new or changed,
-- the other as repeated.
INSERT INTO intake.load_source (
  load_id, source, lines_in, lines_rejected, lines_repeated, lines_new, lines_changed, lines_unchanged
)
SELECT
  audit.load_id,
  told.source,
  told.lines_in,
  told.lines_rejected,
  told.lines_judged - told.lines_rejected - told.lines_once AS lines_repeated,
  told.lines_new,
  told.lines_changed,
  told.lines_in - told.lines_judged + told.lines_once - told.lines_new - told.lines_changed AS lines_unchanged
FROM (
  SELECT
    step.source,
    CAST(SUM(step.lines_in) AS BIGINT) AS lines_in,
    CAST(SUM(step.lines_judged) AS BIGINT) AS lines_judged,
    CAST(SUM(step.lines_rejected) AS BIGINT) AS lines_rejected,
    CAST(SUM(step.lines_once) AS BIGINT) AS lines_once,
    CAST(SUM(step.lines_new) AS BIGINT) AS lines_new,
    CAST(SUM(step.lines_changed) AS BIGINT) AS lines_changed
  FROM (
    SELECT
      already.source,
      COUNT(*) AS lines_in,
      0 AS lines_judged,
      0 AS lines_rejected,
      0 AS lines_once,
      0 AS lines_new,
      0 AS lines_changed
    FROM already
    WHERE already.source IS NOT NULL
    GROUP BY already.source
    UNION ALL
    SELECT
      judged.source,
      COUNT(*) AS lines_in,
      COUNT(*) AS lines_judged,
      COUNT(judged.wrong_field) AS lines_rejected,
      0 AS lines_once,
      0 AS lines_new,
      0 AS lines_changed
    FROM judged
    WHERE judged.source IS NOT NULL
    GROUP BY judged.source
    UNION ALL
    SELECT
      batch.source,
      0 AS lines_in,
      0 AS lines_judged,
      0 AS lines_rejected,
      COUNT(*) AS lines_once,
      0 AS lines_new,
      0 AS lines_changed
    FROM batch
    WHERE batch.source IS NOT NULL
    GROUP BY batch.source
    UNION ALL
    SELECT
      change.source,
      0 AS lines_in,
      0 AS lines_judged,
      0 AS lines_rejected,
      0 AS lines_once,
      COUNT(CASE WHEN change.kind = 'NEW' THEN 1 END) AS lines_new,
      COUNT(CASE WHEN change.kind = 'CHANGED' THEN 1 END) AS lines_changed
    FROM change
    WHERE change.source IS NOT NULL
    GROUP BY change.source
  ) AS step
  GROUP BY step.source
) AS told
CROSS JOIN (SELECT MAX(load_audit.load_id) AS load_id FROM intake.load_audit) AS audit;
