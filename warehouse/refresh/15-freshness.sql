UPDATE mart.freshness
SET
  refreshed_as_of = as_of,
  refreshed_load_id = load_id
WHERE EXISTS (SELECT 1 FROM stale);
