ANALYZE frequent_item;
