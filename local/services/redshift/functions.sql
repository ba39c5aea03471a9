-- Functions that the dialect's rewriting calls, named as their columns are in Redshift. Bodies are short, so that the planner takes them in.

-- AVG(x), SUM(x), MAX(x): whole numbers have a whole average, decimals one with their scale.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_AVG.html
CREATE OR REPLACE FUNCTION rs_compat.avg(numeric, bigint, smallint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT trunc($1)::bigint';
CREATE OR REPLACE FUNCTION rs_compat.avg(numeric, bigint, integer) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT trunc($1)::bigint';
CREATE OR REPLACE FUNCTION rs_compat.avg(numeric, numeric, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT trunc($1)::bigint';
CREATE OR REPLACE FUNCTION rs_compat.avg(numeric, numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT round($1, scale($2))';
CREATE OR REPLACE FUNCTION rs_compat.avg(double precision, real, real) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT $1';
CREATE OR REPLACE FUNCTION rs_compat.avg(double precision, double precision, double precision) RETURNS double precision
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT $1';
CREATE OR REPLACE FUNCTION rs_compat.avg(interval, interval, interval) RETURNS interval LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT $1';

-- A quotient with so many places; PostgreSQL itself computes about sixteen digits.
CREATE OR REPLACE FUNCTION rs_compat.divide(numeric, numeric, integer) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT round(round($1, $3 + 1) / $2, $3)';

-- NULL when one of them is NULL, unlike PostgreSQL's own.
CREATE OR REPLACE FUNCTION rs_compat.concat(text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT $1 || $2';

-- The first bytes of a text, and no part of a letter.
CREATE OR REPLACE FUNCTION rs_compat.clip_bytes(text, integer) RETURNS varchar LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  bytes bytea := convert_to($1, 'UTF8');
  size integer := $2;
BEGIN
  WHILE size > 0 AND get_byte(bytes, size) & 192 = 128 LOOP size := size - 1; END LOOP;
  RETURN convert_from(substring(bytes FROM 1 FOR size), 'UTF8');
END $$;
CREATE OR REPLACE FUNCTION rs_compat.clip(varchar, integer) RETURNS varchar LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT CASE WHEN octet_length($1) <= $2 THEN $1 ELSE rs_compat.clip_bytes($1, $2) END';

-- https://docs.aws.amazon.com/redshift/latest/dg/r_DATEADD_function.html
CREATE OR REPLACE FUNCTION rs_compat.date_add(bigint, interval, date) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT $3::timestamp + $1 * $2';
CREATE OR REPLACE FUNCTION rs_compat.date_add(bigint, interval, timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT $3 + $1 * $2';
CREATE OR REPLACE FUNCTION rs_compat.date_add(bigint, interval, timestamptz) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
  AS 'SELECT $3 + $1 * $2';
CREATE OR REPLACE FUNCTION rs_compat.date_add(bigint, interval, time) RETURNS time LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT $3 + $1 * $2';
CREATE OR REPLACE FUNCTION rs_compat.date_add(bigint, interval, timetz) RETURNS timetz LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT $3 + $1 * $2';

-- How many boundaries of the part lie between. https://docs.aws.amazon.com/redshift/latest/dg/r_DATEDIFF_function.html
CREATE OR REPLACE FUNCTION rs_compat.microseconds(timestamp) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT (extract(epoch FROM $1) * 1000000)::bigint';
CREATE OR REPLACE FUNCTION rs_compat.units(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT floor($1::numeric / $2)::bigint';
CREATE OR REPLACE FUNCTION rs_compat.date_diff(text, timestamp, timestamp) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE $1
    WHEN 'millennium' THEN (date_part('millennium', $3) - date_part('millennium', $2))::bigint
    WHEN 'century' THEN (date_part('century', $3) - date_part('century', $2))::bigint
    WHEN 'decade' THEN (date_part('decade', $3) - date_part('decade', $2))::bigint
    WHEN 'year' THEN (date_part('year', $3) - date_part('year', $2))::bigint
    WHEN 'quarter' THEN
      ((date_part('year', $3) - date_part('year', $2)) * 4 + date_part('quarter', $3) - date_part('quarter', $2))::bigint
    WHEN 'month' THEN ((date_part('year', $3) - date_part('year', $2)) * 12 + date_part('month', $3) - date_part('month', $2))::bigint
    WHEN 'week' THEN (pg_catalog.date_trunc('week', $3)::date - pg_catalog.date_trunc('week', $2)::date)::bigint / 7
    WHEN 'day' THEN ($3::date - $2::date)::bigint
    WHEN 'hour' THEN rs_compat.units(rs_compat.microseconds($3), 3600000000) - rs_compat.units(rs_compat.microseconds($2), 3600000000)
    WHEN 'minute' THEN rs_compat.units(rs_compat.microseconds($3), 60000000) - rs_compat.units(rs_compat.microseconds($2), 60000000)
    WHEN 'second' THEN rs_compat.units(rs_compat.microseconds($3), 1000000) - rs_compat.units(rs_compat.microseconds($2), 1000000)
    WHEN 'millisecond' THEN rs_compat.units(rs_compat.microseconds($3), 1000) - rs_compat.units(rs_compat.microseconds($2), 1000)
    WHEN 'microsecond' THEN rs_compat.microseconds($3) - rs_compat.microseconds($2)
  END $$;
CREATE OR REPLACE FUNCTION rs_compat.date_diff(text, date, date) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT rs_compat.date_diff($1, $2::timestamp, $3::timestamp)';
CREATE OR REPLACE FUNCTION rs_compat.date_diff(text, timestamptz, timestamptz) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT rs_compat.date_diff($1, $2 AT TIME ZONE 'UTC', $3 AT TIME ZONE 'UTC') $$;
CREATE OR REPLACE FUNCTION rs_compat.date_diff(text, time, time) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS $$ SELECT rs_compat.date_diff($1, timestamp '2000-01-01' + $2, timestamp '2000-01-01' + $3) $$;

-- The last day of a month stays one. https://docs.aws.amazon.com/redshift/latest/dg/r_ADD_MONTHS.html
CREATE OR REPLACE FUNCTION rs_compat.add_months(timestamp, integer) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN ($1 + interval '1 day')::date = (pg_catalog.date_trunc('month', $1) + interval '1 month')::date
    THEN (pg_catalog.date_trunc('month', $1) + ($2 + 1) * interval '1 month' - interval '1 day')::date + $1::time
    ELSE $1 + $2 * interval '1 month' END $$;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_MEDIAN.html
CREATE OR REPLACE FUNCTION rs_compat.middle(numeric[], integer) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT round((s.v[(cardinality(s.v) + 1) / 2] + s.v[cardinality(s.v) / 2 + 1]) / 2, $2)
  FROM (SELECT ARRAY(SELECT v FROM unnest($1) AS v WHERE v IS NOT NULL ORDER BY v) AS v) AS s $$;
CREATE OR REPLACE FUNCTION rs_compat.median_of(numeric[]) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT rs_compat.middle($1, (SELECT max(scale(v)) + 1 FROM unnest($1) AS v))';
CREATE OR REPLACE FUNCTION rs_compat.median_of(bigint[]) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT rs_compat.middle($1::numeric[], 1)';
CREATE OR REPLACE FUNCTION rs_compat.median_of(integer[]) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT rs_compat.middle($1::numeric[], 1)';
CREATE OR REPLACE FUNCTION rs_compat.median_of(smallint[]) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT rs_compat.middle($1::numeric[], 1)';
CREATE OR REPLACE FUNCTION rs_compat.median_of(double precision[]) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY v) FROM unnest($1) AS v';
CREATE OR REPLACE FUNCTION rs_compat.median_of(timestamp[]) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT timestamp '2000-01-01' + percentile_cont(0.5) WITHIN GROUP (ORDER BY v - timestamp '2000-01-01') FROM unnest($1) AS v $$;
CREATE OR REPLACE FUNCTION rs_compat.median_of(date[]) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT rs_compat.median_of($1::timestamp[])::date';
-- https://docs.aws.amazon.com/redshift/latest/dg/r_PERCENTILE_CONT.html
CREATE OR REPLACE FUNCTION rs_compat.between(numeric[], numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT round(n.x, GREATEST(min_scale(n.x), scale(s.v[1]) + 1))
  FROM (SELECT ARRAY(SELECT v FROM unnest($1) AS v WHERE v IS NOT NULL ORDER BY v) AS v) AS s,
    LATERAL (SELECT $2 * (cardinality(s.v) - 1) AS rank) AS r,
    LATERAL (SELECT s.v[floor(r.rank)::integer + 1] + (r.rank - floor(r.rank)) * (s.v[ceil(r.rank)::integer + 1] - s.v[floor(r.rank)::integer + 1])
      AS x) AS n $$;
CREATE OR REPLACE FUNCTION rs_compat.percentile(numeric[], numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT rs_compat.between($1, $2)';
CREATE OR REPLACE FUNCTION rs_compat.percentile(bigint[], numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT rs_compat.between($1::numeric[], $2)';
CREATE OR REPLACE FUNCTION rs_compat.percentile(integer[], numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT rs_compat.between($1::numeric[], $2)';
CREATE OR REPLACE FUNCTION rs_compat.percentile(smallint[], numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT rs_compat.between($1::numeric[], $2)';
CREATE OR REPLACE FUNCTION rs_compat.percentile(double precision[], double precision) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT percentile_cont($2) WITHIN GROUP (ORDER BY v) FROM unnest($1) AS v';
CREATE OR REPLACE FUNCTION rs_compat.percentile(real[], double precision) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT percentile_cont($2) WITHIN GROUP (ORDER BY v) FROM unnest($1) AS v';
CREATE OR REPLACE FUNCTION rs_compat.percentile(timestamp[], double precision) RETURNS timestamp LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT timestamp '2000-01-01' + percentile_cont($2) WITHIN GROUP (ORDER BY v - timestamp '2000-01-01') FROM unnest($1) AS v $$;
CREATE OR REPLACE FUNCTION rs_compat.percentile(date[], double precision) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
  AS 'SELECT rs_compat.percentile($1::timestamp[], $2)::date';

-- Doubles to so many places, which PostgreSQL has for decimals alone; whole numbers stay whole.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_ROUND.html and r_TRUNC.html
CREATE OR REPLACE FUNCTION rs_compat.round(double precision, integer) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT pg_catalog.round($1::numeric, $2)::double precision';
CREATE OR REPLACE FUNCTION rs_compat.trunc(double precision, integer) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS 'SELECT pg_catalog.trunc($1::numeric, $2)::double precision';
DO $$ DECLARE kind text; BEGIN
  FOREACH kind IN ARRAY ARRAY['smallint', 'integer', 'bigint'] LOOP
    EXECUTE format('CREATE OR REPLACE FUNCTION rs_compat.round(%s, integer) RETURNS %1$s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS %L',
      kind, format('SELECT pg_catalog.round($1::numeric, $2)::%s', kind));
    EXECUTE format('CREATE OR REPLACE FUNCTION rs_compat.trunc(%s, integer) RETURNS %1$s LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS %L',
      kind, format('SELECT pg_catalog.trunc($1::numeric, $2)::%s', kind));
  END LOOP;
END $$;
DO $$ DECLARE kind text; BEGIN
  FOREACH kind IN ARRAY ARRAY['smallint', 'integer', 'bigint', 'numeric', 'double precision', 'date', 'timestamp'] LOOP
    EXECUTE format('CREATE OR REPLACE AGGREGATE rs_compat.median(%s) (SFUNC = array_append, STYPE = %1$s[], FINALFUNC = rs_compat.median_of)', kind);
  END LOOP;
END $$;
