ANALYZE judged;
