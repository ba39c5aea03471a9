UPDATE mart.freshness
SET
  refreshed_as_of = as_of,
  refreshed_load_id = load_id
WHERE load_id > COALESCE(refreshed_load_id, 0);
