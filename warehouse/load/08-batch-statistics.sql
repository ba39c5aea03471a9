ANALYZE batch (landing_id, invoice_no, line_id);
