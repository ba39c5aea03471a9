ANALYZE batch;
