-- The catalog as Redshift has it: with columns of its own, and without what this warehouse is made of.

-- How tables were made, of which PostgreSQL knows nothing.
CREATE TABLE IF NOT EXISTS rs_compat.design (
  table_id oid PRIMARY KEY, diststyle text NOT NULL, distkey text, sortkeys text[] NOT NULL, encodings jsonb NOT NULL
);
REVOKE ALL ON rs_compat.design FROM PUBLIC;
CREATE OR REPLACE FUNCTION rs_compat.note_design(made regclass, made_diststyle text, made_distkey text, made_sortkeys text[], made_encodings jsonb)
  RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$ BEGIN
    IF NOT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = made), 'USAGE') THEN
      RAISE EXCEPTION 'must be owner of relation %', made USING ERRCODE = '42501';
    END IF;
    DELETE FROM rs_compat.design WHERE table_id = made;
    INSERT INTO rs_compat.design VALUES (made, made_diststyle, made_distkey, made_sortkeys, made_encodings);
  END $$;

-- Of tables that are gone; not while others make theirs.
DELETE FROM rs_compat.design WHERE NOT EXISTS (SELECT 1 FROM pg_class WHERE oid = table_id);

-- Keys, which nobody enforces: how they were written. Their numbers are beyond those of PostgreSQL.
CREATE SEQUENCE IF NOT EXISTS rs_compat.key_id MINVALUE 4000000000;
CREATE TABLE IF NOT EXISTS rs_compat.table_key (
  id oid PRIMARY KEY, table_id oid NOT NULL, kind "char" NOT NULL, name name NOT NULL, columns int2[] NOT NULL, index_id oid NOT NULL,
  foreign_id oid NOT NULL, foreign_columns int2[]
);
DELETE FROM rs_compat.table_key WHERE NOT EXISTS (SELECT 1 FROM pg_class WHERE oid = table_id);
REVOKE ALL ON rs_compat.table_key FROM PUBLIC;

CREATE OR REPLACE FUNCTION rs_compat.column_numbers(of_table oid, names text[]) RETURNS int2[] LANGUAGE sql STABLE
  RETURN (SELECT array_agg(a.attnum ORDER BY n.place) FROM unnest(names) WITH ORDINALITY AS n (name, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = of_table AND a.attname = n.name AND NOT a.attisdropped);

-- The plain index of a primary key gets the name that shows it.
CREATE OR REPLACE FUNCTION rs_compat.note_key(made regclass, key_kind "char", written text, key_columns text[], other regclass,
    other_columns text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
  DECLARE
    numbers int2[] := rs_compat.column_numbers(made, key_columns);
    made_name text;
    made_schema text;
    index_name text;
    found_index oid := 0;
    chosen text;
    turn integer := 0;
  BEGIN
    SELECT c.relname, n.nspname INTO made_name, made_schema FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = made;
    IF NOT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = made), 'USAGE') THEN
      RAISE EXCEPTION 'must be owner of relation %', made USING ERRCODE = '42501';
    END IF;
    IF cardinality(numbers) IS DISTINCT FROM cardinality(key_columns) OR (key_kind = 'f' AND other IS NULL) THEN RETURN; END IF;
    IF key_kind = 'p' AND EXISTS (SELECT 1 FROM rs_compat.table_key WHERE table_id = made AND kind = 'p') THEN
      RAISE EXCEPTION 'multiple primary keys for table "%" are not allowed', made_name USING ERRCODE = '42P16';
    END IF;
    chosen := COALESCE(written, CASE key_kind WHEN 'p' THEN left(made_name, 58) || '_pkey'
      ELSE left(made_name || '_' || key_columns[1], 58) || CASE key_kind WHEN 'u' THEN '_key' ELSE '_fkey' END END);
    WHILE EXISTS (SELECT 1 FROM rs_compat.table_key WHERE table_id = made AND name = chosen)
      OR (key_kind = 'p' AND to_regclass(format('%I.%I', made_schema, chosen)) IS NOT NULL) LOOP
      IF written IS NOT NULL THEN RAISE EXCEPTION 'constraint "%" for relation "%" already exists', written, made_name USING ERRCODE = '42710'; END IF;
      turn := turn + 1;
      chosen := regexp_replace(chosen, '[0-9]*$', '') || turn;
    END LOOP;
    IF key_kind = 'p' THEN
      SELECT c.oid, c.relname INTO found_index, index_name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE i.indrelid = made AND i.indkey::text = array_to_string(numbers, ' ') AND starts_with(c.relname, 'rs_') LIMIT 1;
      EXECUTE format('ALTER INDEX %I.%I RENAME TO %I', made_schema, index_name, chosen);
    END IF;
    INSERT INTO rs_compat.table_key VALUES (nextval('rs_compat.key_id')::oid, made, key_kind, chosen, numbers, COALESCE(found_index, 0),
      COALESCE(other::oid, 0), CASE WHEN cardinality(other_columns) > 0 THEN rs_compat.column_numbers(other, other_columns)
        ELSE (SELECT k.columns FROM rs_compat.table_key k WHERE k.table_id = other AND k.kind = 'p') END);
  END $$;
CREATE OR REPLACE FUNCTION rs_compat.forget_key(made regclass, key_name text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog AS $$
  DECLARE dropped_index regclass;
  BEGIN
    IF NOT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = made), 'USAGE') THEN
      RAISE EXCEPTION 'must be owner of relation %', made USING ERRCODE = '42501';
    END IF;
    DELETE FROM rs_compat.table_key WHERE table_id = made AND name = key_name RETURNING NULLIF(index_id, 0) INTO dropped_index;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'constraint "%" of relation "%" does not exist', key_name, made USING ERRCODE = '42704';
    END IF;
    IF dropped_index IS NOT NULL THEN EXECUTE format('DROP INDEX %s', dropped_index); END IF;
  END $$;

CREATE OR REPLACE FUNCTION rs_compat.version() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT 'PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2 20041017 (Red Hat 3.4.2-6.fc3), Redshift 1.0.0' $$;

-- Every view is bound here.
CREATE OR REPLACE FUNCTION rs_compat.pg_get_late_binding_view_cols() RETURNS SETOF record LANGUAGE plpgsql STABLE AS 'BEGIN RETURN; END';

-- What an unwritten ENCODE becomes. https://docs.aws.amazon.com/redshift/latest/dg/c_Compression_encodings.html
CREATE OR REPLACE FUNCTION rs_compat.usual_encoding(type oid, is_sortkey boolean) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN is_sortkey THEN 'none'
    WHEN type = ANY (ARRAY['int2', 'int4', 'int8', 'numeric', 'date', 'timestamp', 'timestamptz']::regtype[]::oid[]) THEN 'az64'
    WHEN type = ANY (ARRAY['varchar', 'bpchar', 'text']::regtype[]::oid[]) THEN 'lzo'
    ELSE 'none' END $$;

CREATE OR REPLACE FUNCTION rs_compat.format_encoding(integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT COALESCE((ARRAY['bytedict', 'delta', 'delta32k', 'lzo', 'mostly8', 'mostly16', 'mostly32', 'runlength', 'text255', 'text32k',
    'globaldict256', 'zstd', 'az64'])[$1], 'none') $$;

CREATE VIEW rs_compat.pg_namespace AS
  SELECT tableoid, xmin, oid, nspname, nspowner, nspacl FROM pg_catalog.pg_namespace WHERE nspname NOT IN ('rs_compat', 'rs_information_schema');
CREATE VIEW rs_compat.pg_class AS
  SELECT c.tableoid, c.xmin, c.*, false AS relhasoids,
    CASE d.diststyle WHEN 'EVEN' THEN 0 WHEN 'KEY' THEN 1 WHEN 'ALL' THEN 8 ELSE 9 END::smallint AS reldiststyle,
    CASE d.diststyle WHEN 'EVEN' THEN 0 WHEN 'KEY' THEN 1 WHEN 'ALL' THEN 8 ELSE 10 END::integer AS releffectivediststyle
  FROM pg_catalog.pg_class AS c LEFT JOIN rs_compat.design AS d ON d.table_id = c.oid
  WHERE c.relnamespace NOT IN ('rs_compat'::regnamespace, 'rs_information_schema'::regnamespace)
    AND c.relkind <> 'S' AND NOT (c.relkind = 'i' AND c.relname LIKE E'rs\\_%');
-- Keys are indexes here, and lengths are constraints.
CREATE VIEW rs_compat.key_seen AS
  SELECT k.*, c.relname AS table_name, c.relnamespace AS schema_id FROM rs_compat.table_key AS k
    JOIN pg_catalog.pg_class AS c ON c.oid = k.table_id;
CREATE VIEW rs_compat.pg_index AS
  SELECT i.tableoid, i.xmin, i.indexrelid, i.indrelid, i.indnatts, i.indnkeyatts, i.indisunique OR k.id IS NOT NULL AS indisunique,
    i.indnullsnotdistinct, i.indisprimary OR k.id IS NOT NULL AS indisprimary, i.indisexclusion, i.indimmediate, i.indisclustered,
    i.indisvalid, i.indcheckxmin, i.indisready, i.indislive, i.indisreplident, i.indkey, i.indcollation, i.indclass, i.indoption,
    i.indexprs, i.indpred
  FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
    LEFT JOIN rs_compat.table_key AS k ON k.index_id = i.indexrelid
  WHERE c.relname NOT LIKE E'rs\\_%';
CREATE VIEW rs_compat.pg_constraint AS
  SELECT tableoid, xmin, c.*, pg_get_expr(c.conbin, c.conrelid) AS consrc FROM pg_catalog.pg_constraint AS c
  WHERE conname NOT LIKE 'bytes of %' AND contype <> 'n'
  UNION ALL
  SELECT 'pg_constraint'::regclass::oid, '2'::xid, id, name, schema_id, kind, false, false, false, true, table_id, 0, index_id, 0, foreign_id,
    CASE kind WHEN 'f' THEN 'a' ELSE ' ' END::"char", CASE kind WHEN 'f' THEN 'a' ELSE ' ' END::"char",
    CASE kind WHEN 'f' THEN 's' ELSE ' ' END::"char", true, 0::int2, true, false, columns, foreign_columns, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL
  FROM rs_compat.key_seen;
-- Of a key of another table, on which key of that table it stands.
CREATE VIEW rs_compat.pg_depend AS
  SELECT tableoid, xmin, d.* FROM pg_catalog.pg_depend AS d
  UNION ALL
  SELECT 'pg_depend'::regclass::oid, '2'::xid, 'pg_constraint'::regclass::oid, k.id, 0, 'pg_class'::regclass::oid, p.index_id, 0, 'n'
  FROM rs_compat.key_seen AS k JOIN rs_compat.key_seen AS p ON p.table_id = k.foreign_id AND p.kind = 'p' WHERE k.kind = 'f';
CREATE OR REPLACE FUNCTION rs_compat.column_list(of_table oid, numbers int2[]) RETURNS text LANGUAGE sql STABLE
  RETURN (SELECT '(' || string_agg(quote_ident(a.attname), ', ' ORDER BY n.place) || ')' FROM unnest(numbers) WITH ORDINALITY AS n (number, place)
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = of_table AND a.attnum = n.number);
CREATE OR REPLACE FUNCTION rs_compat.pg_get_constraintdef(oid) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER AS $$
  SELECT COALESCE((SELECT CASE kind WHEN 'p' THEN 'PRIMARY KEY ' WHEN 'u' THEN 'UNIQUE ' ELSE 'FOREIGN KEY ' END
      || rs_compat.column_list(table_id, columns)
      || CASE kind WHEN 'f' THEN ' REFERENCES ' || foreign_id::regclass || COALESCE(rs_compat.column_list(foreign_id, foreign_columns), '')
        ELSE '' END
    FROM rs_compat.key_seen WHERE id = $1), pg_catalog.pg_get_constraintdef($1)) $$;
CREATE OR REPLACE FUNCTION rs_compat.pg_get_constraintdef(oid, boolean) RETURNS text LANGUAGE sql STABLE
  AS 'SELECT rs_compat.pg_get_constraintdef($1)';
CREATE VIEW rs_compat.pg_attribute AS
  SELECT a.tableoid, a.xmin, a.attrelid, a.attname, a.atttypid, a.attlen, a.attnum, a.atttypmod, a.attndims, a.attbyval, a.attalign,
    a.attstorage, a.attcompression, a.attnotnull, a.atthasdef, a.atthasmissing, a.attidentity, a.attgenerated, a.attisdropped, a.attislocal,
    a.attinhcount, a.attcollation, a.attstattarget, a.attacl, a.attoptions, a.attfdwoptions, -1 AS attcacheoff, false AS attispreloaded,
    COALESCE(a.attname = d.distkey, false) AS attisdistkey,
    COALESCE(array_position(d.sortkeys, a.attname::text), 0) AS attsortkeyord,
    CASE COALESCE(d.encodings ->> a.attname, rs_compat.usual_encoding(a.atttypid, a.attname = ANY (COALESCE(d.sortkeys, '{}'))))
      WHEN 'bytedict' THEN 1 WHEN 'delta' THEN 2 WHEN 'delta32k' THEN 3 WHEN 'lzo' THEN 4 WHEN 'mostly8' THEN 5 WHEN 'mostly16' THEN 6
      WHEN 'mostly32' THEN 7 WHEN 'runlength' THEN 8 WHEN 'text255' THEN 9 WHEN 'text32k' THEN 10 WHEN 'zstd' THEN 12 WHEN 'az64' THEN 13
      ELSE 0 END::smallint AS attencodingtype
  FROM pg_catalog.pg_attribute AS a LEFT JOIN rs_compat.design AS d ON d.table_id = a.attrelid;
CREATE VIEW rs_compat.pg_attrdef AS
  SELECT tableoid, xmin, d.*, pg_get_expr(d.adbin, d.adrelid) AS adsrc FROM pg_catalog.pg_attrdef AS d;
CREATE VIEW rs_compat.pg_type AS
  SELECT tableoid, xmin, t.* FROM pg_catalog.pg_type AS t
  WHERE typnamespace NOT IN ('rs_compat'::regnamespace, 'rs_information_schema'::regnamespace) OR typname = 'super';
CREATE VIEW rs_compat.pg_proc AS
  SELECT tableoid, xmin, p.* FROM pg_catalog.pg_proc AS p WHERE pronamespace <> 'rs_compat'::regnamespace;
CREATE VIEW rs_compat.pg_proc_info AS
  SELECT oid AS prooid, p.* FROM pg_catalog.pg_proc AS p WHERE pronamespace <> 'rs_compat'::regnamespace;
CREATE VIEW rs_compat.pg_tables AS
  SELECT * FROM pg_catalog.pg_tables WHERE schemaname NOT IN ('rs_compat', 'rs_information_schema');
CREATE VIEW rs_compat.pg_views AS
  SELECT * FROM pg_catalog.pg_views WHERE schemaname NOT IN ('rs_compat', 'rs_information_schema')
  UNION ALL
  SELECT schemaname, matviewname, matviewowner, 'create materialized view ' || matviewname || ' as (' || rtrim(definition, ';') || ');'
  FROM pg_catalog.pg_matviews;
CREATE VIEW rs_compat.pg_indexes AS
  SELECT i.schemaname, i.tablename, i.indexname, i.tablespace,
    CASE WHEN k.id IS NULL THEN i.indexdef ELSE regexp_replace(i.indexdef, '^CREATE INDEX', 'CREATE UNIQUE INDEX') END AS indexdef
  FROM pg_catalog.pg_indexes AS i
    LEFT JOIN rs_compat.table_key AS k ON k.index_id = to_regclass(format('%I.%I', i.schemaname, i.indexname))
  WHERE schemaname NOT IN ('rs_compat', 'rs_information_schema') AND indexname NOT LIKE E'rs\\_%';
CREATE VIEW rs_compat.pg_database AS
  SELECT tableoid, xmin, d.* FROM pg_catalog.pg_database AS d WHERE datname <> 'postgres';
CREATE VIEW rs_compat.pg_group AS
  SELECT rs_compat.principal_name(oid)::name AS groname, oid AS grosysid,
    ARRAY(SELECT member FROM pg_catalog.pg_auth_members WHERE roleid = g.oid) AS grolist
  FROM pg_catalog.pg_roles AS g WHERE rolname LIKE 'group:%';
CREATE VIEW rs_compat.pg_external_schema AS
  SELECT 0::oid AS esoid, 0 AS eskind, ''::text AS esdbname, ''::text AS esoptions WHERE false;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_PG_TABLE_DEF.html: tables of the search path
CREATE VIEW rs_compat.pg_table_def AS
  SELECT n.nspname AS schemaname, c.relname AS tablename, a.attname AS "column", format_type(a.atttypid, a.atttypmod) AS type,
    COALESCE(d.encodings ->> a.attname, rs_compat.usual_encoding(a.atttypid, a.attname = ANY (COALESCE(d.sortkeys, '{}'))))::varchar
      AS encoding,
    COALESCE(a.attname = d.distkey, false) AS distkey, COALESCE(array_position(d.sortkeys, a.attname::text), 0) AS sortkey,
    a.attnotnull AS "notnull"
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN rs_compat.design AS d ON d.table_id = c.oid
  WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname = ANY (current_schemas(true)) AND n.nspname NOT IN ('rs_compat', 'rs_information_schema');

CREATE VIEW rs_information_schema.schemata AS
  SELECT * FROM information_schema.schemata WHERE schema_name NOT IN ('rs_compat', 'rs_information_schema');
-- A materialized view is a view to Redshift.
CREATE VIEW rs_compat.materialized AS
  SELECT current_database()::information_schema.sql_identifier AS catalog, n.nspname::information_schema.sql_identifier AS schema,
    c.relname::information_schema.sql_identifier AS name, c.oid
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind = 'm' AND (pg_has_role(c.relowner, 'USAGE') OR has_any_column_privilege(c.oid, 'SELECT'));
CREATE VIEW rs_information_schema.tables AS
  SELECT table_catalog, table_schema, table_name, table_type FROM information_schema.tables
  WHERE table_schema NOT IN ('rs_compat', 'rs_information_schema')
  UNION ALL SELECT catalog, schema, name, 'VIEW' FROM rs_compat.materialized;
CREATE VIEW rs_information_schema.columns AS
  SELECT table_catalog, table_schema, table_name, column_name, ordinal_position, column_default, is_nullable, data_type,
    character_maximum_length, character_octet_length, numeric_precision, numeric_precision_radix, numeric_scale, datetime_precision,
    interval_type, interval_precision, character_set_name, collation_name, domain_catalog, domain_schema, domain_name, udt_catalog,
    udt_schema, udt_name, dtd_identifier, is_identity, is_generated, is_updatable
  FROM information_schema.columns WHERE table_schema NOT IN ('rs_compat', 'rs_information_schema')
  UNION ALL
  SELECT m.catalog, m.schema, m.name, a.attname, a.attnum, NULL, 'YES', format_type(a.atttypid, NULL),
    CASE WHEN a.atttypid IN ('varchar'::regtype, 'bpchar'::regtype) AND a.atttypmod > 4 THEN a.atttypmod - 4 END, NULL,
    CASE a.atttypid WHEN 'int2'::regtype THEN 16 WHEN 'int4'::regtype THEN 32 WHEN 'int8'::regtype THEN 64
      WHEN 'numeric'::regtype THEN CASE WHEN a.atttypmod > 4 THEN ((a.atttypmod - 4) >> 16) & 65535 END END,
    NULL, CASE WHEN a.atttypid = 'numeric'::regtype AND a.atttypmod > 4 THEN (a.atttypmod - 4) & 2047 END, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, CASE WHEN t.typtype = 'd' THEN t.typname END, m.catalog, 'pg_catalog', t.typname, a.attnum::text, 'NO',
    'NEVER', 'NO'
  FROM rs_compat.materialized AS m JOIN pg_catalog.pg_attribute AS a ON a.attrelid = m.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid;
CREATE VIEW rs_information_schema.views AS
  SELECT table_catalog, table_schema, table_name, view_definition, check_option, is_updatable, is_insertable_into
  FROM information_schema.views WHERE table_schema NOT IN ('rs_compat', 'rs_information_schema')
  UNION ALL SELECT catalog, schema, name, 'create materialized view ' || name || ' as (' || rtrim(pg_get_viewdef(oid), ';') || ');', 'NONE', 'NO', 'NO'
  FROM rs_compat.materialized;
CREATE VIEW rs_information_schema.table_privileges AS
  SELECT * FROM information_schema.table_privileges WHERE table_schema NOT IN ('rs_compat', 'rs_information_schema');
CREATE VIEW rs_information_schema.role_table_grants AS
  SELECT * FROM information_schema.role_table_grants WHERE table_schema NOT IN ('rs_compat', 'rs_information_schema');
CREATE VIEW rs_information_schema.routines AS
  SELECT * FROM information_schema.routines WHERE routine_schema NOT IN ('rs_compat', 'rs_information_schema');
CREATE VIEW rs_compat.named_key AS
  SELECT current_database()::information_schema.sql_identifier AS catalog, n.nspname::information_schema.sql_identifier AS schema, k.*
  FROM rs_compat.key_seen AS k JOIN pg_catalog.pg_namespace AS n ON n.oid = k.schema_id
  WHERE pg_has_role((SELECT relowner FROM pg_catalog.pg_class WHERE oid = k.table_id), 'USAGE')
    OR has_table_privilege(k.table_id, 'INSERT, UPDATE, DELETE, REFERENCES') OR has_any_column_privilege(k.table_id, 'SELECT');
CREATE VIEW rs_information_schema.table_constraints AS
  SELECT constraint_catalog, constraint_schema, constraint_name, table_catalog, table_schema, table_name, constraint_type, is_deferrable,
    initially_deferred
  FROM information_schema.table_constraints
  WHERE table_schema NOT IN ('rs_compat', 'rs_information_schema') AND constraint_name NOT LIKE 'bytes of %'
    AND constraint_name NOT LIKE '%_not_null'
  UNION ALL
  SELECT catalog, schema, name, catalog, schema, table_name,
    CASE kind WHEN 'p' THEN 'PRIMARY KEY' WHEN 'u' THEN 'UNIQUE' ELSE 'FOREIGN KEY' END, 'NO', 'NO'
  FROM rs_compat.named_key;
CREATE VIEW rs_information_schema.key_column_usage AS
  SELECT k.catalog AS constraint_catalog, k.schema AS constraint_schema, k.name::information_schema.sql_identifier AS constraint_name,
    k.catalog AS table_catalog, k.schema AS table_schema, k.table_name::information_schema.sql_identifier AS table_name,
    a.attname::information_schema.sql_identifier AS column_name, c.place::information_schema.cardinal_number AS ordinal_position,
    CASE k.kind WHEN 'f' THEN c.place END::information_schema.cardinal_number AS position_in_unique_constraint
  FROM rs_compat.named_key AS k, unnest(k.columns) WITH ORDINALITY AS c (number, place), pg_catalog.pg_attribute AS a
  WHERE a.attrelid = k.table_id AND a.attnum = c.number;
CREATE VIEW rs_information_schema.constraint_column_usage AS
  SELECT k.catalog AS table_catalog, n.nspname::information_schema.sql_identifier AS table_schema,
    t.relname::information_schema.sql_identifier AS table_name, a.attname::information_schema.sql_identifier AS column_name,
    k.catalog AS constraint_catalog, k.schema AS constraint_schema, k.name::information_schema.sql_identifier AS constraint_name
  FROM rs_compat.named_key AS k, unnest(CASE k.kind WHEN 'f' THEN k.foreign_columns ELSE k.columns END) AS c (number),
    pg_catalog.pg_class AS t, pg_catalog.pg_namespace AS n, pg_catalog.pg_attribute AS a
  WHERE t.oid = CASE k.kind WHEN 'f' THEN k.foreign_id ELSE k.table_id END AND n.oid = t.relnamespace
    AND a.attrelid = t.oid AND a.attnum = c.number;
CREATE VIEW rs_information_schema.referential_constraints AS
  SELECT k.catalog AS constraint_catalog, k.schema AS constraint_schema, k.name::information_schema.sql_identifier AS constraint_name,
    p.catalog AS unique_constraint_catalog, p.schema AS unique_constraint_schema,
    p.name::information_schema.sql_identifier AS unique_constraint_name, 'NONE'::information_schema.character_data AS match_option,
    'NO ACTION'::information_schema.character_data AS update_rule, 'NO ACTION'::information_schema.character_data AS delete_rule
  FROM rs_compat.named_key AS k LEFT JOIN rs_compat.named_key AS p ON p.table_id = k.foreign_id AND p.kind IN ('p', 'u')
    AND p.columns = k.foreign_columns
  WHERE k.kind = 'f';
CREATE VIEW rs_information_schema.check_constraints AS
  SELECT * FROM information_schema.check_constraints
  WHERE constraint_schema NOT IN ('rs_compat', 'rs_information_schema') AND constraint_name NOT LIKE 'bytes of %';

-- https://docs.aws.amazon.com/redshift/latest/dg/svv_views.html
CREATE VIEW rs_compat.svv_tables AS
  SELECT table_catalog::varchar, table_schema::varchar, table_name::varchar, table_type::varchar, NULL::varchar AS remarks
  FROM rs_information_schema.tables;
CREATE VIEW rs_compat.svv_columns AS
  SELECT table_catalog::varchar, table_schema::varchar, table_name::varchar, column_name::varchar, ordinal_position::integer,
    column_default::varchar, is_nullable::varchar, data_type::varchar, character_maximum_length::integer, numeric_precision::integer,
    numeric_precision_radix::integer, numeric_scale::integer, datetime_precision::integer, NULL::varchar AS interval_type,
    NULL::varchar AS interval_precision, NULL::varchar AS character_set_catalog, NULL::varchar AS character_set_schema,
    NULL::varchar AS character_set_name, NULL::varchar AS collation_catalog, NULL::varchar AS collation_schema,
    NULL::varchar AS collation_name, NULL::varchar AS domain_name, NULL::varchar AS remarks
  FROM rs_information_schema.columns;
CREATE VIEW rs_compat.svv_redshift_databases AS
  SELECT datname::varchar AS database_name, datdba::integer AS database_owner, 'local'::varchar AS database_type, NULL::varchar AS database_acl,
    NULL::varchar AS database_options, 'Snapshot Isolation'::varchar AS database_isolation_level
  FROM rs_compat.pg_database WHERE datname NOT LIKE 'template%';
CREATE VIEW rs_compat.svv_redshift_schemas AS
  SELECT current_database()::varchar AS database_name, nspname::varchar AS schema_name, nspowner::integer AS schema_owner,
    'local'::varchar AS schema_type, array_to_string(nspacl, '~')::varchar AS schema_acl, NULL::varchar AS schema_option
  FROM rs_compat.pg_namespace WHERE nspname !~ '^pg_(toast|temp)';
CREATE VIEW rs_compat.svv_redshift_tables AS
  SELECT table_catalog AS database_name, table_schema AS schema_name, table_name, CASE table_type WHEN 'BASE TABLE' THEN 'TABLE' ELSE table_type END::varchar AS table_type, NULL::varchar AS table_acl,
    remarks, NULL::varchar AS table_owner
  FROM rs_compat.svv_tables;
CREATE VIEW rs_compat.svv_redshift_columns AS
  SELECT table_catalog AS database_name, table_schema AS schema_name, table_name, column_name, ordinal_position, data_type, column_default,
    is_nullable, NULL::varchar AS encoding, NULL::boolean AS distkey, NULL::integer AS sortkey, NULL::varchar AS column_acl, remarks,
    character_maximum_length, numeric_precision, numeric_scale
  FROM rs_compat.svv_columns;
CREATE VIEW rs_compat.svv_all_schemas AS
  SELECT database_name, schema_name, schema_owner, schema_type, schema_acl, NULL::varchar AS source_database, schema_option
  FROM rs_compat.svv_redshift_schemas;
CREATE VIEW rs_compat.svv_all_tables AS
  SELECT database_name, schema_name, table_name, table_acl, table_type, remarks FROM rs_compat.svv_redshift_tables;
CREATE VIEW rs_compat.svv_all_columns AS
  SELECT database_name, schema_name, table_name, column_name, ordinal_position, column_default, is_nullable, data_type,
    character_maximum_length, numeric_precision, numeric_scale, remarks
  FROM rs_compat.svv_redshift_columns;
-- Nothing outside the database is known here.
CREATE VIEW rs_compat.svv_external_schemas AS
  SELECT 0::oid AS esoid, 0 AS eskind, ''::varchar AS schemaname, 0 AS esowner, ''::varchar AS databasename, ''::varchar AS esoptions WHERE false;
CREATE VIEW rs_compat.svv_external_tables AS
  SELECT ''::varchar AS redshift_database_name, ''::varchar AS schemaname, ''::varchar AS tablename, ''::varchar AS tabletype,
    ''::varchar AS location, ''::varchar AS input_format, ''::varchar AS output_format, ''::varchar AS serialization_lib,
    ''::varchar AS serde_parameters, 0 AS compressed, ''::varchar AS parameters WHERE false;
CREATE VIEW rs_compat.svv_external_columns AS
  SELECT ''::varchar AS redshift_database_name, ''::varchar AS schemaname, ''::varchar AS tablename, ''::varchar AS columnname,
    ''::varchar AS external_type, 0 AS columnnum, 0 AS part_key, ''::varchar AS is_nullable WHERE false;
CREATE VIEW rs_compat.svv_external_databases AS
  SELECT 0 AS eskind, ''::varchar AS databasename, ''::varchar AS esoptions WHERE false;
CREATE VIEW rs_compat.svv_datashares AS
  SELECT ''::varchar AS share_name, 0 AS share_id, 0 AS share_owner, ''::varchar AS source_database, ''::varchar AS share_type WHERE false;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_TABLE_INFO.html: tables that are not empty
CREATE VIEW rs_compat.svv_table_info AS
  SELECT current_database()::varchar AS database, n.nspname::varchar AS schema, c.oid::integer AS table_id, c.relname::varchar AS "table",
    'Y, AUTO(ENCODE)'::varchar AS encoded,
    CASE d.diststyle WHEN 'KEY' THEN 'KEY(' || d.distkey || ')' WHEN 'EVEN' THEN 'EVEN' WHEN 'ALL' THEN 'ALL' ELSE 'AUTO(ALL)' END::varchar
      AS diststyle,
    COALESCE(d.sortkeys[1], 'AUTO(SORTKEY)')::varchar AS sortkey1,
    (SELECT max(atttypmod - 4) FROM pg_catalog.pg_attribute WHERE attrelid = c.oid AND atttypid = 'varchar'::regtype)::integer AS max_varchar,
    'none'::varchar AS sortkey1_enc, COALESCE(cardinality(d.sortkeys), 0) AS sortkey_num,
    GREATEST(1, pg_relation_size(c.oid) / 1048576)::bigint AS size, 0::numeric(10,4) AS pct_used, 0::bigint AS empty,
    0::numeric(5,2) AS unsorted, 0::numeric(5,2) AS stats_off, GREATEST(c.reltuples, 0)::numeric(38,0) AS tbl_rows,
    NULL::numeric(19,2) AS skew_sortkey1, NULL::numeric(19,2) AS skew_rows, GREATEST(c.reltuples, 0)::numeric(38,0) AS estimated_visible_rows,
    NULL::text AS risk_event, NULL::numeric(12,2) AS vacuum_sort_benefit, NULL::timestamp AS create_time
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace LEFT JOIN rs_compat.design AS d ON d.table_id = c.oid
  WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^(pg_|rs_compat|information_schema)' AND pg_relation_size(c.oid) > 0;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_STV_MV_INFO.html
CREATE VIEW rs_compat.stv_mv_info AS
  SELECT current_database()::bpchar(128) AS db_name, n.nspname::bpchar(128) AS schema, c.relname::bpchar(128) AS name, 0::bigint AS updated_upto_xid,
    'f'::bpchar(1) AS is_stale, pg_get_userbyid(c.relowner)::bpchar(128) AS owner_user_name, 1 AS state, 'f'::bpchar(1) AS autorefresh,
    'f'::bpchar(1) AS autorewrite
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind = 'm';
CREATE VIEW rs_compat.svv_mv_info AS
  SELECT db_name::varchar AS database_name, schema::varchar AS schema_name, owner_user_name::varchar AS user_name, name::varchar,
    is_stale, state, autorefresh, autorewrite FROM rs_compat.stv_mv_info;
CREATE VIEW rs_compat.stv_sessions AS
  SELECT backend_start::timestamp AS starttime, pid AS process, usename::bpchar(50) AS user_name, datname::bpchar(50) AS db_name
  FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend' AND usename <> 'rdsdb';
-- https://docs.aws.amazon.com/redshift/latest/dg/r_STL_LOAD_ERRORS.html
CREATE VIEW rs_compat.stl_load_errors AS
  SELECT l.user_id AS userid, 0 AS slice, l.table_id AS tbl, e.query_id::integer AS query, l.start_time AS starttime, l.session_id AS session,
    e.file_name::bpchar(256) AS filename, e.line_number, e.column_name::bpchar(127) AS colname, e.column_type::bpchar(10) AS type,
    e.column_length::bpchar(10) AS col_length, 0 AS "position", e.raw_line::bpchar(1024) AS raw_line, ''::bpchar(1024) AS raw_field_value,
    e.error_code AS err_code, e.error_message::bpchar(100) AS err_reason, false AS is_partial, 0::bigint AS start_offset
  FROM rs_compat.load_error AS e JOIN rs_compat.load_seen AS l ON l.query_id = e.query_id;
CREATE VIEW rs_compat.stl_load_commits AS
  SELECT l.user_id AS userid, l.query_id::integer AS query, 0 AS slice, f.file_name::bpchar(256) AS name, f.file_name::bpchar(256) AS filename,
    0 AS byte_offset, f.lines_scanned::integer AS lines_scanned, 0 AS errors, l.end_time AS curtime, 1 AS status,
    l.file_format::bpchar(16) AS file_format
  FROM rs_compat.load_file AS f JOIN rs_compat.load_seen AS l ON l.query_id = f.query_id;

DO $$ DECLARE shown text; BEGIN
  SELECT string_agg(format('%I.%I', schemaname, viewname), ', ') INTO shown FROM pg_catalog.pg_views
  WHERE schemaname IN ('rs_compat', 'rs_information_schema') AND viewname NOT IN ('load_seen', 'key_seen', 'named_key');
  EXECUTE 'GRANT SELECT ON ' || shown || ' TO PUBLIC';
END $$;
