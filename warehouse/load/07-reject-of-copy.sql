-- Lines that COPY could not land. A file keeps its content, so the same line of a file that is copied again is no news. Nor is what a rebuild
-- meets: the same line was refused when it came first, in another file, and the list of load errors keeps no line to know it by.
-- What the system does not tell is left blank: a reason that were NULL would stop every load.
INSERT INTO intake.reject (reason, source_object, line_number, rejected_at, copied_at)
SELECT
  COALESCE(TRIM(refused.column_name), '') || ': write what COPY takes for ' || COALESCE(TRIM(refused.column_type), '') || '('
  || COALESCE(TRIM(refused.column_length), '') || '): ' || COALESCE(TRIM(refused.error_message), '') AS reason,
  refused.file_name AS source_object,
  refused.line_number,
  GETDATE() AS rejected_at,
  refused.start_time AS copied_at
FROM (
  SELECT
    error.column_name,
    error.column_type,
    error.column_length,
    error.error_message,
    COALESCE(TRIM(error.file_name), '') AS file_name,
    COALESCE(error.line_number, 0) AS line_number,
    error.start_time,
    ROW_NUMBER() OVER (
      PARTITION BY COALESCE(TRIM(error.file_name), ''), COALESCE(error.line_number, 0) ORDER BY error.start_time, error.query_id
    ) AS place
  FROM sys_load_error_detail AS error
  INNER JOIN sys_load_history AS copied ON error.query_id = copied.query_id
  WHERE TRIM(copied.table_name) = 'landing' AND COALESCE(copied.data_source, '') NOT LIKE '%/import/rebuild/%'
) AS refused
LEFT JOIN intake.reject AS known ON refused.file_name = known.source_object AND refused.line_number = known.line_number
WHERE refused.place = 1 AND known.source_object IS NULL;
