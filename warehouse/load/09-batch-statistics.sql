ANALYZE batch (line_id);
