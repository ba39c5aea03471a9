-- One row when a load since the last refresh has brought a line or changed one, and none when there is nothing to do: then all that
-- follows does nothing, but that the refresh covers loads which changed nothing.
CREATE TEMP TABLE stale AS
SELECT
  freshness.as_of,
  freshness.load_id
FROM mart.freshness
INNER JOIN (
  SELECT MAX(load_audit.load_id) AS load_id
  FROM intake.load_audit
  WHERE load_audit.lines_new + load_audit.lines_changed > 0
) AS telling ON COALESCE(freshness.refreshed_load_id, 0) < telling.load_id;
