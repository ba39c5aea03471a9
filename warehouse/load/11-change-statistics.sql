ANALYZE change (invoice_no, line_id, kind);
