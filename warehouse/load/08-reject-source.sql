-- The manifest that brought a refused line: that of the COPY which was at work when the line landed. GETDATE() has whole seconds in
-- Redshift. What the history does not tell yet is looked for again for an hour.
UPDATE intake.reject
SET source_object = found.data_source
FROM (
  SELECT
    refused.landing_id,
    TRIM(copied.data_source) AS data_source,
    ROW_NUMBER() OVER (PARTITION BY refused.landing_id ORDER BY copied.start_time DESC, copied.query_id DESC) AS place
  FROM intake.reject AS refused
  INNER JOIN sys_load_history AS copied
    ON refused.copied_at >= DATE_TRUNC('second', copied.start_time) AND refused.copied_at <= copied.end_time
  WHERE
    refused.source_object IS NULL
    AND refused.copied_at > GETDATE() - INTERVAL '1 hour'
    AND TRIM(copied.table_name) = 'landing'
) AS found
WHERE found.landing_id = reject.landing_id AND found.place = 1 AND reject.source_object IS NULL;
