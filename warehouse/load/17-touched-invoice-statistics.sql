ANALYZE touched_invoice;
