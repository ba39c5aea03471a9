ANALYZE possible_pair;
