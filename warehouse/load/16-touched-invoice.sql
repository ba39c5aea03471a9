-- Invoices that won, lost or changed a line.
CREATE TEMP TABLE touched_invoice AS
SELECT invoice_no
FROM change
WHERE kind IN ('NEW', 'CHANGED')
UNION
SELECT old_invoice_no AS invoice_no
FROM change
WHERE kind = 'CHANGED';
