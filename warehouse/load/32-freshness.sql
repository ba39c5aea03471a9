UPDATE mart.freshness
SET
  as_of = latest.finished_at,
  load_id = latest.load_id
FROM (
  SELECT
    MAX(finished_at) AS finished_at,
    MAX(load_id) AS load_id
  FROM intake.load_audit
) AS latest
WHERE EXISTS (SELECT 1 FROM judged);
