-- A file keeps its content, so the same line of a file that is copied again is no news. What the system does not tell is left blank.
INSERT INTO intake.reject (reason, source_object, line_number, rejected_at, copied_at)
SELECT
  COALESCE(told.column_name, '') || ': write what COPY takes for ' || COALESCE(told.column_type, '') || '('
  || COALESCE(told.column_length, '') || '): ' || COALESCE(told.error_message, '') AS reason,
  told.file_name AS source_object,
  told.line_number,
  GETDATE() AS rejected_at,
  told.start_time AS copied_at
FROM (
  SELECT
    refused.column_name,
    refused.column_type,
    refused.column_length,
    refused.error_message,
    COALESCE(refused.file_name, '') AS file_name,
    COALESCE(refused.line_number, 0) AS line_number,
    refused.start_time,
    ROW_NUMBER() OVER (
      PARTITION BY COALESCE(refused.file_name, ''), COALESCE(refused.line_number, 0)
      ORDER BY refused.start_time, refused.query_id
    ) AS place
  FROM refused
) AS told
LEFT JOIN intake.reject AS known ON told.file_name = known.source_object AND told.line_number = known.line_number
WHERE told.place = 1 AND known.source_object IS NULL;
