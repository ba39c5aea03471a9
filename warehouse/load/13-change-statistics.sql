ANALYZE change (line_id, kind);
