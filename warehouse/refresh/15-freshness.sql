UPDATE mart.freshness
SET
  refreshed_as_of = stale.as_of,
  refreshed_load_id = stale.load_id
FROM stale;
