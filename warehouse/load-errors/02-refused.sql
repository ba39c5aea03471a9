-- What the system tells of lines that COPY could not land, and nothing of ours: whether its views can be joined with tables is said nowhere,
-- nor whether they can be read beside a load. What a rebuild meets is left out: the same line was refused when it came first, in another
-- file, and the list of load errors keeps no line to know it by.
CREATE TEMP TABLE refused AS
SELECT
  error.query_id,
  error.start_time,
  error.line_number,
  CAST(TRIM(error.file_name) AS VARCHAR(1024)) AS file_name,
  CAST(TRIM(error.column_name) AS VARCHAR(127)) AS column_name,
  CAST(TRIM(error.column_type) AS VARCHAR(20)) AS column_type,
  CAST(TRIM(error.column_length) AS VARCHAR(20)) AS column_length,
  CAST(TRIM(error.error_message) AS VARCHAR(512)) AS error_message
FROM sys_load_error_detail AS error
INNER JOIN sys_load_history AS copied ON error.query_id = copied.query_id
WHERE TRIM(copied.table_name) = 'landing' AND COALESCE(copied.data_source, '') NOT LIKE '%/import/rebuild/%';
