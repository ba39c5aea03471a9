-- What Redshift has and PostgreSQL has not; last on every search path. Run again whenever this file has changed.
CREATE SCHEMA IF NOT EXISTS rs_compat;
CREATE SCHEMA IF NOT EXISTS rs_information_schema;
GRANT USAGE ON SCHEMA rs_compat, rs_information_schema TO PUBLIC;

DO $$ BEGIN
  IF to_regtype('rs_compat.super') IS NULL THEN
    CREATE DOMAIN rs_compat.super AS jsonb;
  END IF;
END $$;

-- Of the statement, without a fraction.
CREATE OR REPLACE FUNCTION rs_compat.getdate() RETURNS timestamp LANGUAGE sql STABLE PARALLEL SAFE
  RETURN date_trunc('second', statement_timestamp()::timestamp);

-- Of the transaction.
CREATE OR REPLACE FUNCTION rs_compat.sysdate() RETURNS timestamp LANGUAGE sql STABLE PARALLEL SAFE
  RETURN transaction_timestamp()::timestamp;

CREATE OR REPLACE FUNCTION rs_compat.nvl(anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT COALESCE($1, $2)';
CREATE OR REPLACE FUNCTION rs_compat.nvl(anycompatible, anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT COALESCE($1, $2, $3)';
CREATE OR REPLACE FUNCTION rs_compat.nvl(anycompatible, anycompatible, anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT COALESCE($1, $2, $3, $4)';
CREATE OR REPLACE FUNCTION rs_compat.nvl2(anyelement, anycompatible, anycompatible) RETURNS anycompatible LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT CASE WHEN $1 IS NOT NULL THEN $2 ELSE $3 END';

CREATE OR REPLACE FUNCTION rs_compat.len(text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT length($1)';
CREATE OR REPLACE FUNCTION rs_compat.charindex(text, text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT strpos($2, $1)';
CREATE OR REPLACE FUNCTION rs_compat.strtol(text, integer) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  digits text := lower(regexp_replace(trim($1), '^([+-]?)' || CASE $2 WHEN 16 THEN '(0[xX])?' ELSE '' END, E'\\1'));
  sum numeric := 0;
  digit integer;
BEGIN
  IF $2 NOT BETWEEN 2 AND 36 THEN RAISE EXCEPTION 'the base of STRTOL is from 2 to 36, and not %', $2 USING ERRCODE = '22023'; END IF;
  FOR digit IN SELECT strpos('0123456789abcdefghijklmnopqrstuvwxyz', d) - 1 FROM unnest(string_to_array(ltrim(digits, '+-'), NULL)) AS d LOOP
    IF digit < 0 OR digit >= $2 THEN RAISE EXCEPTION 'The input % is not valid to be converted to base %', $1, $2 USING ERRCODE = '22P02'; END IF;
    sum := sum * $2 + digit;
  END LOOP;
  RETURN CASE WHEN digits LIKE '-%' THEN -sum ELSE sum END;
END $$;
CREATE OR REPLACE FUNCTION rs_compat.sha2(text, integer) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT CASE $2
    WHEN 224 THEN encode(sha224(convert_to($1, 'UTF8')), 'hex')
    WHEN 384 THEN encode(sha384(convert_to($1, 'UTF8')), 'hex')
    WHEN 512 THEN encode(sha512(convert_to($1, 'UTF8')), 'hex')
    ELSE encode(sha256(convert_to($1, 'UTF8')), 'hex') END $$;
CREATE OR REPLACE FUNCTION rs_compat.from_hex(text) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT decode($1, 'hex') $$;
CREATE OR REPLACE FUNCTION rs_compat.from_varbyte(bytea, text) RETURNS varchar LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  IF lower($2) IN ('utf8', 'utf-8', 'utf_8') THEN RETURN convert_from($1, 'UTF8'); END IF;
  IF lower($2) IN ('hex', 'base64') THEN RETURN encode($1, lower($2)); END IF;
  RAISE EXCEPTION 'FROM_VARBYTE knows the formats utf8, hex and base64 here, and got "%"', $2 USING ERRCODE = '0A000';
END $$;
-- All that match, where PostgreSQL replaces the first.
CREATE OR REPLACE FUNCTION rs_compat.regexp_replace(text, text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT pg_catalog.regexp_replace($1, $2, $3, 'g') $$;
CREATE OR REPLACE FUNCTION rs_compat.regexp_replace(text, text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT pg_catalog.regexp_replace($1, $2, '', 'g') $$;

CREATE OR REPLACE FUNCTION rs_compat.trunc(timestamp) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT $1::date';
CREATE OR REPLACE FUNCTION rs_compat.date_trunc(text, date) RETURNS timestamp LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT pg_catalog.date_trunc($1, $2::timestamp)';
CREATE OR REPLACE FUNCTION rs_compat.last_day(timestamp) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT (pg_catalog.date_trunc('month', $1) + interval '1 month - 1 day')::date $$;
CREATE OR REPLACE FUNCTION rs_compat.convert_timezone(text, timestamp) RETURNS timestamp LANGUAGE sql STABLE STRICT PARALLEL SAFE
  AS $$ SELECT ($2 AT TIME ZONE 'UTC') AT TIME ZONE $1 $$;
CREATE OR REPLACE FUNCTION rs_compat.convert_timezone(text, text, timestamp) RETURNS timestamp LANGUAGE sql STABLE STRICT PARALLEL SAFE
  AS $$ SELECT ($3 AT TIME ZONE $1) AT TIME ZONE $2 $$;

CREATE OR REPLACE FUNCTION rs_compat.is_valid_json(text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT $1 IS JSON OBJECT';
CREATE OR REPLACE FUNCTION rs_compat.is_valid_json_array(text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT $1 IS JSON ARRAY';
CREATE OR REPLACE FUNCTION rs_compat.can_json_parse(text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT $1 IS JSON';
CREATE OR REPLACE FUNCTION rs_compat.json_parse(text) RETURNS rs_compat.super LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT $1::jsonb::rs_compat.super';
CREATE OR REPLACE FUNCTION rs_compat.json_serialize(rs_compat.super) RETURNS varchar LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT $1::text';
CREATE OR REPLACE FUNCTION rs_compat.json_extract_path_text(text, VARIADIC text[]) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT pg_catalog.json_extract_path_text($1::json, VARIADIC $2)';
DROP FUNCTION IF EXISTS rs_compat.json_extract_path_text(text, text, boolean);
-- What Redshift has last, whether to answer NULL for what is no JSON, is first here.
CREATE OR REPLACE FUNCTION rs_compat.json_extract_path_text(boolean, text, VARIADIC text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT
  PARALLEL SAFE AS $$ BEGIN
    IF $1 AND NOT $2 IS JSON THEN RETURN NULL; END IF;
    RETURN pg_catalog.json_extract_path_text($2::json, VARIADIC $3);
  END $$;
CREATE OR REPLACE FUNCTION rs_compat.json_array_length(text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT pg_catalog.json_array_length($1::json)';
CREATE OR REPLACE FUNCTION rs_compat.json_extract_array_element_text(text, integer) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT $1::json ->> $2';

-- The way back from the names of PostgreSQL: see names.ts.
CREATE OR REPLACE FUNCTION rs_compat.principal_name(oid) RETURNS varchar LANGUAGE sql STABLE STRICT PARALLEL SAFE
  RETURN regexp_replace(COALESCE(shobj_description($1, 'pg_authid'), pg_get_userbyid($1)), '^(role|group):', '');

-- Roles and users have other names in PostgreSQL than in Redshift, so one of the same name is not in the way there.
CREATE OR REPLACE FUNCTION rs_compat.refuse_shared_name(kind text, name text, other_kind text, other text) RETURNS void
  LANGUAGE plpgsql STABLE AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = other) THEN
      RAISE EXCEPTION '% "%" cannot have the name of a %', kind, name, other_kind USING ERRCODE = '42710';
    END IF;
  END $$;

-- https://docs.aws.amazon.com/redshift/latest/dg/cm_chap_system-tables.html#c_visibility-of-data: superusers, and who has SYSLOG ACCESS
-- UNRESTRICTED, see all; others see their own.
CREATE OR REPLACE FUNCTION rs_compat.sees_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN pg_has_role(current_user, 'pg_read_all_stats', 'MEMBER');
CREATE OR REPLACE FUNCTION rs_compat.own_id() RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE
  RETURN (SELECT oid::integer FROM pg_catalog.pg_roles WHERE rolname = current_user);

-- Made anew: a view that is replaced may not lose or move columns.
DO $$ DECLARE views text; BEGIN
  SELECT string_agg(format('%I.%I', schemaname, viewname), ', ') INTO views FROM pg_views WHERE schemaname IN ('rs_compat', 'rs_information_schema');
  IF views IS NOT NULL THEN EXECUTE 'DROP VIEW ' || views; END IF;
END $$;

CREATE VIEW rs_compat.svv_user_info AS
  SELECT oid::integer AS user_id, rs_compat.principal_name(oid) AS user_name, rolcreatedb AS createdb, rolsuper AS superuser,
    false AS catalog_update, CASE rolconnlimit WHEN -1 THEN 'UNLIMITED' ELSE rolconnlimit::text END::varchar AS connection_limit,
    CASE WHEN pg_has_role(oid, 'pg_read_all_stats', 'MEMBER') THEN 'UNRESTRICTED' ELSE 'RESTRICTED' END::varchar AS syslog_access, ''::varchar AS last_ddl_ts, 0 AS session_timeout, ''::varchar AS external_user_id
  FROM pg_roles WHERE rolcanlogin;
CREATE VIEW rs_compat.pg_user_info AS
  SELECT rs_compat.principal_name(oid) AS usename, oid::integer AS usesysid, rolcreatedb AS usecreatedb, rolsuper AS usesuper,
    false AS usecatupd, '********'::text AS passwd, rolvaliduntil AS valuntil, rolconfig AS useconfig,
    CASE rolconnlimit WHEN -1 THEN 'UNLIMITED' ELSE rolconnlimit::text END AS useconnlimit
  FROM pg_roles WHERE rolcanlogin;
CREATE VIEW rs_compat.pg_user AS
  SELECT usename, usesysid, usecreatedb, usesuper, usecatupd, passwd, valuntil, useconfig FROM rs_compat.pg_user_info;
CREATE VIEW rs_compat.svv_roles AS
  SELECT oid::integer AS role_id, rs_compat.principal_name(oid) AS role_name, 'rdsdb'::varchar AS role_owner, ''::varchar AS external_id
  FROM pg_roles WHERE NOT rolcanlogin AND rolname LIKE 'role:%';
CREATE VIEW rs_compat.svv_user_grants AS
  SELECT m.member::integer AS user_id, rs_compat.principal_name(m.member) AS user_name, m.roleid::integer AS role_id,
    rs_compat.principal_name(m.roleid) AS role_name, m.admin_option
  FROM pg_auth_members m JOIN pg_roles u ON u.oid = m.member JOIN pg_roles r ON r.oid = m.roleid
  WHERE u.rolcanlogin AND r.rolname LIKE 'role:%';
CREATE VIEW rs_compat.svv_role_grants AS
  SELECT m.member::integer AS role_id, rs_compat.principal_name(m.member) AS role_name, m.roleid::integer AS granted_role_id,
    rs_compat.principal_name(m.roleid) AS granted_role_name
  FROM pg_auth_members m JOIN pg_roles u ON u.oid = m.member JOIN pg_roles r ON r.oid = m.roleid
  WHERE u.rolname LIKE 'role:%' AND r.rolname LIKE 'role:%';
GRANT SELECT ON ALL TABLES IN SCHEMA rs_compat TO PUBLIC;

-- Ways out of a session's user, which only the shim may open and close.
REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC;
REVOKE UPDATE ON pg_catalog.pg_settings FROM PUBLIC;

-- What COPY did; written by the stand-in, shown by views with the columns of AWS.
CREATE TABLE IF NOT EXISTS rs_compat.load (
  query_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id integer, session_id integer, database_name text, status text,
  table_id integer, table_name text, start_time timestamp, end_time timestamp, data_source text, file_format text, loaded_rows bigint,
  loaded_bytes bigint, source_file_count integer, source_file_bytes bigint, error_count bigint
);
CREATE TABLE IF NOT EXISTS rs_compat.load_file (
  query_id bigint REFERENCES rs_compat.load ON DELETE CASCADE,
  file_name text, bytes_scanned bigint, lines_scanned bigint
);
CREATE INDEX IF NOT EXISTS load_file_query ON rs_compat.load_file (query_id);
CREATE TABLE IF NOT EXISTS rs_compat.load_error (
  query_id bigint REFERENCES rs_compat.load ON DELETE CASCADE,
  file_name text, line_number bigint, column_name text, column_type text, column_length text, error_code integer, error_message text,
  raw_line text
);
CREATE INDEX IF NOT EXISTS load_error_query ON rs_compat.load_error (query_id);
-- What was run; written by the stand-in.
CREATE TABLE IF NOT EXISTS rs_compat.query (
  query_id bigint PRIMARY KEY, user_id integer, session_id integer, label text, query_text text, start_time timestamp, end_time timestamp,
  status text, returned_rows bigint, returned_bytes bigint, error_message text
);

CREATE VIEW rs_compat.load_seen AS
  SELECT * FROM rs_compat.load WHERE user_id = rs_compat.own_id() OR rs_compat.sees_all();
-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_LOAD_HISTORY.html
CREATE VIEW rs_compat.sys_load_history AS
  SELECT user_id, query_id, query_id AS transaction_id, session_id, database_name, status, table_name, start_time, end_time,
    (EXTRACT(EPOCH FROM end_time - start_time) * 1000000)::bigint AS duration, data_source, file_format, loaded_rows, loaded_bytes,
    source_file_count, source_file_bytes, source_file_count AS file_count_scanned, source_file_bytes AS file_bytes_scanned,
    error_count, 0::bigint AS copy_job_id
  FROM rs_compat.load_seen;
-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_LOAD_DETAIL.html
CREATE VIEW rs_compat.sys_load_detail AS
  SELECT l.user_id, l.query_id, f.file_name::varchar(256) AS file_name, f.bytes_scanned, f.lines_scanned, l.end_time AS record_time,
    1 AS splits_scanned, l.start_time, l.end_time
  FROM rs_compat.load_file f JOIN rs_compat.load_seen l ON l.query_id = f.query_id;
-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_LOAD_ERROR_DETAIL.html
CREATE VIEW rs_compat.sys_load_error_detail AS
  SELECT l.user_id, l.query_id, l.query_id AS transaction_id, l.session_id, l.database_name::varchar(64) AS database_name, l.table_id,
    l.start_time, e.file_name::varchar(256) AS file_name, e.line_number, e.column_name::varchar(127) AS column_name,
    e.column_type::varchar(10) AS column_type, e.column_length::varchar(10) AS column_length, 0 AS "position", e.error_code,
    e.error_message::varchar(512) AS error_message
  FROM rs_compat.load_error e JOIN rs_compat.load_seen l ON l.query_id = e.query_id;
GRANT SELECT ON rs_compat.sys_load_history, rs_compat.sys_load_detail, rs_compat.sys_load_error_detail TO PUBLIC;
REVOKE ALL ON rs_compat.load, rs_compat.load_file, rs_compat.load_error, rs_compat.query FROM PUBLIC;
