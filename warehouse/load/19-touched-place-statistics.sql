ANALYZE touched_place;
