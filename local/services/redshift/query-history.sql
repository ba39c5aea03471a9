-- What was run, as the views of Redshift show it. What this warehouse does not know is NULL.

-- The first word that is no comment says what a statement is.
CREATE OR REPLACE FUNCTION rs_compat.query_type(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN s ~ '^(SELECT|WITH|[(]|DECLARE|FETCH)' THEN 'SELECT'
    WHEN s ~ '^(INSERT|UPDATE|DELETE|MERGE|COPY|UNLOAD)' THEN substring(s FROM '^[A-Z]+')
    WHEN s ~ '^CREATE (LOCAL )?(TEMP |TEMPORARY )?TABLE [^(]*( |[)])AS( |[(])' THEN 'CTAS'
    WHEN s ~ '^(CREATE|ALTER|DROP|GRANT|REVOKE|COMMENT|TRUNCATE)' THEN 'DDL'
    WHEN s ~ '^(VACUUM|ANALY[SZ]E|SET|RESET|SHOW|LOCK|REFRESH|EXPLAIN|PREPARE|EXECUTE|DEALLOCATE|CLOSE|BEGIN|START|COMMIT|END|ROLLBACK|ABORT)'
      THEN 'UTILITY'
    ELSE 'OTHER' END
  FROM (SELECT upper(regexp_replace(regexp_replace(left($1, 4000),
    '^([[:space:]]|--[^' || chr(10) || ']*|/[*]([^*]|[*](?!/))*[*]/)*', ''), '[[:space:]]+', ' ', 'g')) AS s) AS t $$;

CREATE VIEW rs_compat.query_seen AS
  SELECT * FROM rs_compat.query WHERE user_id = rs_compat.own_id() OR rs_compat.sees_all();

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_QUERY_HISTORY.html
CREATE VIEW rs_compat.sys_query_history AS
  SELECT user_id, query_id, label::bpchar(320) AS query_label, NULL::bigint AS transaction_id, session_id,
    current_database()::bpchar(128) AS database_name, rs_compat.query_type(query_text)::bpchar(32) AS query_type,
    status::bpchar(10) AS status, false AS result_cache_hit, start_time, end_time,
    (EXTRACT(EPOCH FROM COALESCE(end_time, clock_timestamp()::timestamp) - start_time) * 1000000)::bigint AS elapsed_time,
    0::bigint AS queue_time,
    (EXTRACT(EPOCH FROM COALESCE(end_time, clock_timestamp()::timestamp) - start_time) * 1000000)::bigint AS execution_time,
    left(error_message, 512)::bpchar(512) AS error_message, returned_rows, returned_bytes, left(query_text, 4000)::bpchar(4000) AS query_text,
    rs_compat.version()::bpchar(256) AS redshift_version, NULL::bpchar(150) AS usage_limit, NULL::varchar(32) AS compute_type,
    NULL::bigint AS compile_time, NULL::bigint AS planning_time, NULL::bigint AS lock_wait_time
  FROM rs_compat.query_seen;
-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_QUERY_TEXT.html
CREATE VIEW rs_compat.sys_query_text AS
  SELECT user_id, query_id, NULL::bigint AS transaction_id, session_id, start_time, part AS sequence,
    substr(query_text, part * 200 + 1, 200)::bpchar(200) AS text
  FROM rs_compat.query_seen, pg_catalog.generate_series(0, (length(query_text) - 1) / 200) AS part;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_QUERY.html: not DDL, and nothing that runs yet
CREATE VIEW rs_compat.stl_query AS
  SELECT user_id AS userid, query_id::integer AS query, label::bpchar(320) AS label, NULL::bigint AS xid, session_id AS pid,
    current_database()::bpchar(32) AS database, left(query_text, 4000)::bpchar(4000) AS querytxt, start_time AS starttime,
    end_time AS endtime, CASE status WHEN 'success' THEN 0 ELSE 1 END AS aborted, NULL::integer AS insert_pristine,
    0 AS concurrency_scaling_status
  FROM rs_compat.query_seen
  WHERE end_time IS NOT NULL AND rs_compat.query_type(query_text) NOT IN ('DDL', 'UTILITY', 'OTHER');
-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_QUERYTEXT.html
CREATE VIEW rs_compat.stl_querytext AS
  SELECT user_id AS userid, NULL::bigint AS xid, session_id AS pid, query_id::integer AS query, part AS sequence,
    substr(query_text, part * 200 + 1, 200)::bpchar(200) AS text
  FROM rs_compat.query_seen, pg_catalog.generate_series(0, (length(query_text) - 1) / 200) AS part
  WHERE rs_compat.query_type(query_text) NOT IN ('DDL', 'UTILITY', 'OTHER');
-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_DDLTEXT.html
CREATE VIEW rs_compat.stl_ddltext AS
  SELECT user_id AS userid, NULL::bigint AS xid, session_id AS pid, label::bpchar(320) AS label, start_time AS starttime,
    end_time AS endtime, part AS sequence, substr(query_text, part * 200 + 1, 200)::bpchar(200) AS text
  FROM rs_compat.query_seen, pg_catalog.generate_series(0, (length(query_text) - 1) / 200) AS part
  WHERE rs_compat.query_type(query_text) IN ('DDL', 'CTAS');
-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_UTILITYTEXT.html
CREATE VIEW rs_compat.stl_utilitytext AS
  SELECT user_id AS userid, NULL::bigint AS xid, session_id AS pid, label::bpchar(320) AS label, start_time AS starttime,
    end_time AS endtime, part AS sequence, substr(query_text, part * 200 + 1, 200)::bpchar(200) AS text
  FROM rs_compat.query_seen, pg_catalog.generate_series(0, (length(query_text) - 1) / 200) AS part
  WHERE rs_compat.query_type(query_text) = 'UTILITY';
-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVL_STATEMENTTEXT.html
CREATE VIEW rs_compat.svl_statementtext AS
  SELECT user_id AS userid, NULL::bigint AS xid, session_id AS pid, label::bpchar(320) AS label, start_time AS starttime,
    end_time AS endtime, part AS sequence,
    CASE rs_compat.query_type(query_text) WHEN 'DDL' THEN 'DDL' WHEN 'CTAS' THEN 'DDL' WHEN 'UTILITY' THEN 'UTILITY' ELSE 'QUERY' END::varchar(10)
      AS type,
    substr(query_text, part * 200 + 1, 200)::bpchar(200) AS text
  FROM rs_compat.query_seen, pg_catalog.generate_series(0, (length(query_text) - 1) / 200) AS part;
-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVL_QLOG.html
CREATE VIEW rs_compat.svl_qlog AS
  SELECT userid, query, xid, pid, starttime, endtime, (EXTRACT(EPOCH FROM endtime - starttime) * 1000000)::bigint AS elapsed, aborted, label,
    left(querytxt, 60)::bpchar(60) AS substring, NULL::integer AS source_query,
    '0 - Ran on the main cluster'::text AS concurrency_scaling_status_txt, NULL::integer AS from_sp_call
  FROM rs_compat.stl_query;
-- https://docs.aws.amazon.com/redshift/latest/dg/r_STV_INFLIGHT.html
CREATE VIEW rs_compat.stv_inflight AS
  SELECT user_id AS userid, 0 AS slice, query_id::integer AS query, label::bpchar(320) AS label, NULL::bigint AS xid, session_id AS pid,
    start_time AS starttime, left(query_text, 100)::bpchar(100) AS text, 0 AS suspended, NULL::integer AS insert_pristine,
    0 AS concurrency_scaling_status
  FROM rs_compat.query_seen WHERE end_time IS NULL;
-- https://docs.aws.amazon.com/redshift/latest/dg/r_STV_RECENTS.html
CREATE VIEW rs_compat.stv_recents AS
  SELECT user_id AS userid, CASE WHEN end_time IS NULL THEN 'Running' ELSE 'Done' END::bpchar(20) AS status, start_time AS starttime,
    (EXTRACT(EPOCH FROM COALESCE(end_time, clock_timestamp()::timestamp) - start_time) * 1000000)::integer AS duration,
    rs_compat.principal_name(user_id::oid)::bpchar(50) AS user_name, current_database()::bpchar(50) AS db_name,
    left(query_text, 600)::bpchar(600) AS query, CASE WHEN end_time IS NULL THEN session_id ELSE -1 END AS pid
  FROM (SELECT * FROM rs_compat.query_seen ORDER BY query_id DESC LIMIT 100) AS recent;
REVOKE ALL ON rs_compat.query_seen FROM PUBLIC;
GRANT SELECT ON rs_compat.sys_query_history, rs_compat.sys_query_text, rs_compat.stl_query, rs_compat.stl_querytext, rs_compat.stl_ddltext,
  rs_compat.stl_utilitytext, rs_compat.svl_statementtext, rs_compat.svl_qlog, rs_compat.stv_inflight, rs_compat.stv_recents TO PUBLIC;
