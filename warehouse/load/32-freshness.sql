UPDATE mart.freshness
SET
  as_of = (SELECT MAX(load_audit.finished_at) FROM intake.load_audit),
  load_id = (SELECT MAX(load_audit.load_id) FROM intake.load_audit)
WHERE COALESCE(load_id, 0) < (SELECT MAX(load_audit.load_id) FROM intake.load_audit);
