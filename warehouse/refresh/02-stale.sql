-- One row when a load came after the last refresh, and none when there is nothing to do: then all that follows does nothing.
CREATE TEMP TABLE stale AS
SELECT
  as_of,
  load_id
FROM mart.freshness
WHERE load_id > COALESCE(refreshed_load_id, 0);
