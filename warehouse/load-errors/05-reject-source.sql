-- The manifest that brought a refused line: that of the COPY which was at work when the line landed. GETDATE() has whole seconds in
-- Redshift. What the history does not tell yet is looked for again for an hour.
UPDATE intake.reject
SET source_object = found.data_source
FROM (
  SELECT
    rejected.landing_id,
    copied.data_source,
    ROW_NUMBER() OVER (PARTITION BY rejected.landing_id ORDER BY copied.start_time DESC, copied.query_id DESC) AS place
  FROM intake.reject AS rejected
  INNER JOIN copied ON rejected.copied_at >= DATE_TRUNC('second', copied.start_time) AND rejected.copied_at <= copied.end_time
  WHERE rejected.source_object IS NULL AND rejected.copied_at > GETDATE() - INTERVAL '1 hour'
) AS found
WHERE found.landing_id = reject.landing_id AND found.place = 1 AND reject.source_object IS NULL;
