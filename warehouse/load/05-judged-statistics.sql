ANALYZE judged (landing_id, wrong_field);
