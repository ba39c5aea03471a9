ANALYZE numbered_item;
