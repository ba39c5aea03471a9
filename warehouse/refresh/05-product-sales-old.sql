DELETE FROM mart.agg_sales
WHERE grouping_name = 'PRODUCT' AND EXISTS (SELECT 1 FROM stale);
