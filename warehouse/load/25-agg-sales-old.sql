DELETE FROM mart.agg_sales
USING measured
WHERE agg_sales.grouping_name = measured.grouping_name AND agg_sales.group_key = measured.group_key;
