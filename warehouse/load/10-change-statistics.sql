ANALYZE change;
