import { errorText } from '../../errors.ts';
import type { JsonCall, JsonOperations } from '../../http/aws-json-server.ts';
import { pageOf, readToken } from './page-token.ts';
import { noConnection } from './refusals.ts';
import { optionalInteger, optionalText } from './request.ts';
import type { Input } from './request.ts';
import { targetOf } from './service-state.ts';
import type { ServiceState } from './service-state.ts';
import type { DataApiEffect } from './statement.ts';

type Row = readonly (string | null)[];

/** @source service model 2019-12-20, shape PageSize */
const MAX_PAGE = 1000;

const SCHEMAS = `SELECT CAST(nspname AS VARCHAR(128)) FROM pg_catalog.pg_namespace
 WHERE nspname LIKE :schema AND nspname <> 'rs_compat' AND nspname NOT LIKE 'pg~_temp%' ESCAPE '~' AND nspname NOT LIKE 'pg~_toast%' ESCAPE '~'
 ORDER BY 1`;
const DATABASES = `SELECT CAST(datname AS VARCHAR(128)) FROM pg_catalog.pg_database
 WHERE datallowconn AND NOT datistemplate AND datname <> 'postgres' ORDER BY 1`;
const TABLES = `SELECT CAST(table_name AS VARCHAR(128)), CAST(table_schema AS VARCHAR(128)), CAST(table_type AS VARCHAR(32))
 FROM information_schema.tables WHERE table_schema LIKE :schema AND table_name LIKE :table AND table_schema <> 'rs_compat' ORDER BY 2, 1`;
const COLUMNS = `SELECT CAST(column_name AS VARCHAR(128)), CAST(table_schema AS VARCHAR(128)), CAST(table_name AS VARCHAR(128)),
 CAST(udt_name AS VARCHAR(128)), CAST(is_nullable AS VARCHAR(3)),
 CAST(COALESCE(character_maximum_length, numeric_precision, 0) AS INTEGER), CAST(COALESCE(numeric_scale, 0) AS INTEGER),
 CAST(column_default AS VARCHAR(4096))
 FROM information_schema.columns WHERE table_schema LIKE :schema AND table_name LIKE :table AND table_schema <> 'rs_compat'
 ORDER BY table_schema, table_name, ordinal_position`;

/** The operations about what is in a database, as far as the caller's user may see it. */
export function catalogueOperations(state: ServiceState): JsonOperations<DataApiEffect> {
  return {
    ListDatabases: async (input, call) => {
      const { page, token } = paged(input, await queryCatalogue(state, input, call, { sql: DATABASES, parameters: {} }));
      return { Databases: page.map(([name]) => name), ...token };
    },

    ListSchemas: async (input, call) => {
      const schema = patternOf(input, 'SchemaPattern');
      const { page, token } = paged(input, await queryCatalogue(state, input, call, { sql: SCHEMAS, parameters: { schema } }));
      return { Schemas: page.map(([name]) => name), ...token };
    },

    ListTables: async (input, call) => {
      const names = { schema: patternOf(input, 'SchemaPattern'), table: patternOf(input, 'TablePattern') };
      const { page, token } = paged(input, await queryCatalogue(state, input, call, { sql: TABLES, parameters: names }));
      return { Tables: page.map(describeTable), ...token };
    },

    DescribeTable: async (input, call) => {
      const table = optionalText(input, 'Table');
      const names = { schema: exactly(optionalText(input, 'Schema')), table: exactly(table) };
      const { page, token } = paged(input, await queryCatalogue(state, input, call, { sql: COLUMNS, parameters: names }));
      return { ...(table !== undefined && { TableName: table }), ColumnList: page.map(describeTableColumn), ...token };
    },
  };
}

async function queryCatalogue(
  state: ServiceState,
  input: Input,
  call: JsonCall<DataApiEffect>,
  { sql, parameters }: { readonly sql: string; readonly parameters: Readonly<Record<string, string>> },
): Promise<readonly Row[]> {
  const target = targetOf(state, input, call);
  optionalText(input, 'ConnectedDatabase'); // it is the database itself that is asked
  try {
    const session = await state.runs.connect(target);
    try {
      const { rows } = await session.run(sql, parameters);
      return rows;
    } finally {
      await session.close();
    }
  } catch (error) {
    throw noConnection(errorText(error), error);
  }
}

/** A pattern of LIKE; without one, everything. */
const patternOf = (input: Input, member: string) => optionalText(input, member, { min: 1 }) ?? '%';

/** The pattern that only this name matches. */
const exactly = (name: string | undefined) => (name === undefined ? '%' : name.replace(/[\\%_]/g, '\\$&'));

function paged(input: Input, rows: readonly Row[]) {
  const asked = optionalInteger(input, 'MaxResults', 0, MAX_PAGE) ?? 0;
  const token = optionalText(input, 'NextToken');
  const start = token === undefined ? 0 : Number(readToken(token, (position) => /^\d+$/.test(position)));
  const { page, next } = pageOf(rows, start, asked === 0 ? MAX_PAGE : asked);
  return { page, token: next === undefined ? {} : { NextToken: next } };
}

function describeTable([name, schema, type]: Row) {
  const kind = type === 'BASE TABLE' ? 'TABLE' : type;
  const isSystem = schema === 'pg_catalog' || schema === 'information_schema';
  return { name, schema, type: isSystem ? `SYSTEM ${String(kind)}` : kind };
}

function describeTableColumn([name, schemaName, tableName, typeName, isNullable, precision, scale, columnDefault]: Row) {
  return {
    isCaseSensitive: typeName === 'varchar' || typeName === 'bpchar',
    isCurrency: false,
    isSigned: /^(?:int|float|numeric)/.test(typeName ?? ''),
    length: Number(precision),
    name,
    nullable: isNullable === 'YES' ? 1 : 0,
    precision: Number(precision),
    scale: Number(scale),
    schemaName,
    tableName,
    typeName,
    ...(columnDefault !== null && { columnDefault }),
  };
}
