DELETE FROM mart.agg_sales
USING touched_group
WHERE agg_sales.grouping_name = touched_group.grouping_name AND agg_sales.group_key = touched_group.group_key;
