-- The COPYs of the last hour, likewise.
CREATE TEMP TABLE copied AS
SELECT
  history.query_id,
  history.start_time,
  history.end_time,
  CAST(TRIM(history.data_source) AS VARCHAR(1024)) AS data_source
FROM sys_load_history AS history
WHERE TRIM(history.table_name) = 'landing' AND history.end_time > GETDATE() - INTERVAL '1 hour';
