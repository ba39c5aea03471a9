ANALYZE fresh_invoice;
