-- Invoices that won or changed a line. A line stays with its invoice: the number of the invoice is part of what the line is known by.
CREATE TEMP TABLE touched_invoice AS
SELECT DISTINCT invoice_no
FROM change
WHERE kind IN ('NEW', 'CHANGED');
