ANALYZE batch (landing_id, line_id);
