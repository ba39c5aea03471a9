import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogue } from './catalogue.ts';
import { dialectFindings } from './redshift-dialect.ts';

const warehouse = join(import.meta.dirname, '..', '..', 'warehouse');
const files = ['migrations', 'load', 'load-errors', 'refresh'].flatMap((folder) =>
  readdirSync(join(warehouse, folder)).map((name) => join(folder, name)),
);

test.each(files)('%s is in the dialect that Redshift and PostgreSQL share', (file) => {
  const text = readFileSync(join(warehouse, file), 'utf8');

  const findings = dialectFindings(text);

  expect(findings).toEqual([]);
  // The Data API takes 100 KB in a statement.
  expect(Buffer.byteLength(text)).toBeLessThan(100_000);
});

test('all that the API asks the warehouse is in that dialect too', () => {
  const findings = catalogue().map(({ sql }) => ({ sql, findings: dialectFindings(sql) }));

  expect(findings.filter((one) => one.findings.length > 0)).toEqual([]);
  expect(findings.length).toBeGreaterThan(100);
});

test.each([
  'SELECT CAST(a AS BIGINT) AS a FROM t WHERE b = :b AND c IN (SELECT d FROM u)',
  'SELECT a, SUM(b) OVER (ORDER BY a ROWS UNBOUNDED PRECEDING) AS c, ROW_NUMBER() OVER (ORDER BY a) AS d FROM t',
  'CREATE TABLE t (a BIGINT IDENTITY(1, 1), b VARCHAR(3) DISTKEY DEFAULT GETDATE(), PRIMARY KEY (a)) SORTKEY (a, b)',
  'MERGE INTO s.t USING u ON s.t.a = u.a WHEN MATCHED THEN UPDATE SET b = u.b WHEN NOT MATCHED THEN INSERT (a) VALUES (u.a)',
  'WITH one AS (SELECT 1 AS a) SELECT a FROM one UNION ALL SELECT 2 AS a',
])('takes %s', (sql) => {
  expect(dialectFindings(sql)).toEqual([]);
});

test.each([
  // Statements.
  ['CREATE INDEX i ON t (a)', 'CREATE INDEX'],
  ['CREATE SEQUENCE s', 'CREATE SEQUENCE'],
  ["CREATE TYPE e AS ENUM ('a')", 'CREATE TYPE'],
  ['DO $$ BEGIN NULL; END $$', 'the statement "DO"'],
  ['TRUNCATE t', 'TruncateStmt'],
  ["COPY t FROM 's3://b/k' IAM_ROLE DEFAULT CSV", 'COPY and UNLOAD'],
  ['SELEC a FORM t', 'the statement "SELEC"'],
  ['SELECT a FROM t WHERE', 'syntax error'],
  // Clauses.
  ['INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO NOTHING', 'ON CONFLICT'],
  ['INSERT INTO t (a) VALUES (1) RETURNING a', 'RETURNING'],
  ['UPDATE t SET a = 1 RETURNING a', 'RETURNING'],
  ['DELETE FROM t RETURNING a', 'RETURNING'],
  ['DELETE FROM t AS x WHERE x.a = 1', 'AS another name'],
  ['SELECT DISTINCT ON (a) a, b FROM t', 'DISTINCT ON'],
  ['SELECT a FROM t, LATERAL (SELECT 1 AS b) AS u', 'LATERAL'],
  ['SELECT COUNT(*) FILTER (WHERE a = 1) AS n FROM t', 'FILTER'],
  ['UPDATE t SET a = u.a FROM u WHERE u.b = 1', 'say which column of t'],
  ['DELETE FROM t USING u WHERE t.a > u.a', 'say which column of t'],
  ['UPDATE t SET (a, b) = (SELECT 1 AS c, 2 AS d)', 'SET (…) = (…)'],
  ['SELECT a FROM t FOR UPDATE', 'FOR UPDATE'],
  ['SELECT a FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY a) = 1', 'QUALIFY'],
  ['SELECT a FROM t EXCEPT ALL SELECT a FROM u', 'EXCEPT ALL'],
  ['SELECT a FROM t GROUP BY ROLLUP (a)', 'GROUPING SETS'],
  ['SELECT a FROM t NATURAL JOIN u', 'NATURAL JOIN'],
  ['SELECT a FROM t TABLESAMPLE SYSTEM (1)', 'TABLESAMPLE'],
  ['SELECT x.a FROM (VALUES (1)) AS x (a)', 'VALUES as a table'],
  ['WITH x (a) AS (VALUES (1)) SELECT a FROM x', 'VALUES as a table'],
  ['WITH x AS MATERIALIZED (SELECT 1 AS a) SELECT a FROM x', 'MATERIALIZED'],
  ['WITH x AS (DELETE FROM t) SELECT 1 AS a', 'a change inside WITH'],
  [
    'MERGE INTO s.t USING u ON t.a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (a) VALUES (u.a)',
    'schema.table.column',
  ],
  ['SELECT SUBSTRING(a, 2) AS b FROM t', 'substring() with 2 arguments'],
  ['SELECT LAG(a, 1, 0) OVER (ORDER BY a) AS b FROM t', 'lag() with 3 arguments'],
  ['SELECT n FROM GENERATE_SERIES(1, 3) AS n', 'GENERATE_SERIES()'],
  ['SELECT n FROM unnest_all(1) AS n', 'a function as a table'],
  ['SELECT a, SUM(b) OVER (ORDER BY a) AS c FROM t', 'wants the frame'],
  // Expressions.
  ['SELECT ARRAY[1, 2] AS a', 'ARRAY'],
  ['SELECT (a)[1] AS b FROM t', '[…]'],
  ["SELECT a ->> 'b' AS c FROM t", '->>'],
  ['SELECT a FROM t WHERE a = ANY (b)', 'ANY and ALL'],
  ['SELECT a FROM t WHERE (a, b) = (1, 2)', 'a comparison of rows'],
  ['SELECT a IS DISTINCT FROM b AS c FROM t', 'IS DISTINCT FROM'],
  ["SELECT a ~* 'b' AS c FROM t", 'the operator ~*'],
  ['SELECT GREATEST(a, b) AS c FROM t', 'GREATEST and LEAST'],
  ['SELECT CURRENT_DATE AS a', 'GETDATE()'],
  ['SELECT NOW() AS a', 'NOW()'],
  ["SELECT STRING_AGG(a, ',') AS b FROM t", 'STRING_AGG()'],
  ["SELECT LISTAGG(a, ',') WITHIN GROUP (ORDER BY a) AS b FROM t", 'LISTAGG'],
  ['SELECT DATEDIFF(day, a, b) AS c FROM t', 'DATEDIFF'],
  ['SELECT DATEADD(day, 1, a) AS c FROM t', 'DATEADD'],
  ['SELECT WIDTH_BUCKET(a, 1, 2, 3) AS b FROM t', 'width_bucket()'],
  // Types and names.
  ['CREATE TABLE t (a SERIAL)', 'the type SERIAL'],
  ['CREATE TABLE t (a TIME)', 'the type time'],
  ['CREATE TABLE t (a TEXT)', 'the type TEXT'],
  ['SELECT CAST(a AS JSONB) AS b FROM t', 'the type JSONB'],
  ['SELECT CAST(a AS VARCHAR) AS b FROM t', 'VARCHAR without a length'],
  ['SELECT CAST(a AS DECIMAL) AS b FROM t', 'DECIMAL without a length'],
  ['CREATE TABLE t (a INTEGER[])', 'an array'],
  ['CREATE UNLOGGED TABLE t (a INTEGER)', 'CREATE UNLOGGED'],
  ['CREATE TABLE t (a INTEGER CHECK (a > 0))', 'CHECK'],
  ['CREATE TABLE t (tag INTEGER)', 'tag: a reserved word'],
  ['SELECT a AS snapshot FROM t', 'snapshot: a reserved word'],
  ['SELECT open FROM t', 'open: a reserved word'],
  ['SELECT a FROM t AS raw', 'raw: a reserved word'],
  ['WITH minus AS (SELECT 1 AS a) SELECT a FROM minus', 'minus: a reserved word'],
  ['SELECT "a" FROM t', 'without quotes'],
  ['SELECT unitPrice FROM t', 'names in small letters'],
  ["SELECT a FROM t WHERE a ~ '\\\\d'", 'a backslash'],
  ["SELECT E'a' AS b", 'in single quotes'],
  // MERGE as Redshift has it.
  ['MERGE INTO t USING u ON t.a = u.a WHEN NOT MATCHED THEN INSERT (a) VALUES (u.a)', 'MERGE'],
  ['MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE', 'MERGE'],
  [
    'MERGE INTO t USING u ON t.a = u.a WHEN NOT MATCHED THEN INSERT (a) VALUES (u.a) WHEN MATCHED THEN DELETE',
    'WHEN MATCHED THEN UPDATE or DELETE, then',
  ],
  [
    'MERGE INTO t USING u ON t.a = u.a WHEN MATCHED AND t.b = 1 THEN DELETE WHEN NOT MATCHED THEN INSERT (a) VALUES (u.a)',
    'no further condition',
  ],
  [
    'MERGE INTO t AS x USING u ON x.a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (a) VALUES (u.a)',
    'its own name',
  ],
  [
    'MERGE INTO t USING (SELECT 1 AS a) AS u ON t.a = u.a WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (a) VALUES (u.a)',
    'MERGE',
  ],
])('refuses %s', (sql, finding) => {
  expect(dialectFindings(sql).join('\n')).toContain(finding);
});

test('looks at every statement of a text', () => {
  const findings = dialectFindings('SELECT a FROM t;\nSELECT a FROM t FOR UPDATE;\nSELECT NOW() AS a;\n');

  expect(findings).toHaveLength(2);
});
