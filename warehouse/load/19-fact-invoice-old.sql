DELETE FROM mart.fact_invoice
WHERE invoice_no IN (SELECT touched_invoice.invoice_no FROM touched_invoice);
