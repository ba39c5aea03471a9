DELETE FROM mart.agg_product_pair
WHERE EXISTS (SELECT 1 FROM stale);
