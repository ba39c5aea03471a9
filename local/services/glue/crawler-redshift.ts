import type { CrawlerDefinition } from './definition.ts';
import type { CatalogTableDefinition } from './definition.ts';
import type { CrawledTable } from './catalog.ts';
import type { RedshiftConnection } from './crawler-configuration.ts';
import { isExcluded } from './crawler-glob.ts';

/** Asks a database as the user of a secret, who must know the password. Values are texts. */
export type QueryWarehouse = (
  login: { readonly database: string; readonly secretId: string },
  sql: string,
  parameters: Readonly<Record<string, string>>,
) => Promise<readonly (readonly (string | null)[])[]>;

/** As the user may see it. An identity column says as much as any other; a view has columns as a table has. */
const COLUMNS = `SELECT CAST(c.table_schema AS VARCHAR(128)), CAST(c.table_name AS VARCHAR(128)), CAST(t.table_type AS VARCHAR(32)),
 CAST(c.column_name AS VARCHAR(128)), CAST(COALESCE(c.domain_name, c.udt_name) AS VARCHAR(128)),
 CAST(COALESCE(c.numeric_precision, 0) AS INTEGER), CAST(COALESCE(c.numeric_scale, 0) AS INTEGER)
 FROM information_schema.columns c
 JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
 WHERE c.table_schema LIKE :schema AND c.table_name LIKE :table
 AND c.table_schema NOT IN ('rs_compat', 'pg_catalog', 'information_schema', 'pg_internal')
 ORDER BY c.table_schema, c.table_name, c.ordinal_position`;

/** Names of the engine, and the types that Glue has for them. */
const TYPES: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'int',
  int8: 'bigint',
  float4: 'float',
  float8: 'double',
  bool: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  varchar: 'string',
  bpchar: 'string',
  super: 'string',
};

/** What a crawler takes a column of Redshift for. */
function typeOf(name: string, precision: string, scale: string): string {
  return name === 'numeric' ? `decimal(${precision},${scale})` : (TYPES[name] ?? 'string');
}

/**
 * The tables and views of a database that the connection's user may see.
 *
 * @param path - `<database>/<schema>/<table>` or `<database>/<table>`, with `%` in the place of any text
 * @source names, locations and parameters: tables that JDBC crawlers made, as they stand in public repositories; they have views among them
 */
export async function crawlRedshift(
  crawler: CrawlerDefinition,
  target: CrawlerDefinition['jdbcTargets'][number],
  connection: RedshiftConnection,
  query: QueryWarehouse,
): Promise<readonly CrawledTable[]> {
  const [database = '', ...rest] = target.path.split('/');
  const [schema, table] = rest.length === 1 ? ['%', rest[0]] : [rest[0], rest[1]];
  const rows = await query(connection, COLUMNS, { schema: patternOf(schema), table: patternOf(table) });
  const tables = new Map<string, CatalogTableDefinition['input']>();
  for (const row of rows) {
    const [schemaName = '', name = '', kind, columnName = '', type = '', precision = '0', scale = '0'] = row.map(
      (value) => value ?? '',
    );
    const place = `${schemaName}/${name}`;
    if ([name, place].some((one) => isExcluded(one, target.exclusions))) continue;
    const known =
      tables.get(place) ?? describe(crawler, connection, { database, schema: schemaName, name, isView: kind === 'VIEW' });
    const columns = [...(known.StorageDescriptor?.Columns ?? []), { Name: columnName, Type: typeOf(type, precision, scale) }];
    tables.set(place, { ...known, StorageDescriptor: { ...known.StorageDescriptor, Columns: columns } });
  }
  return [...tables.values()].map((input) => ({ input, partitions: [] }));
}

/** A pattern of LIKE in which only `%` stands for anything else than itself. */
const patternOf = (text = '') => text.replace(/[\\_]/g, '\\$&');

function describe(
  { name: crawlerName, tablePrefix }: CrawlerDefinition,
  connection: RedshiftConnection,
  {
    database,
    schema,
    name,
    isView,
  }: { readonly database: string; readonly schema: string; readonly name: string; readonly isView: boolean },
): CatalogTableDefinition['input'] {
  const parameters = {
    CrawlerSchemaDeserializerVersion: '1.0',
    CrawlerSchemaSerializerVersion: '1.0',
    UPDATED_BY_CRAWLER: crawlerName,
    classification: 'redshift',
    compressionType: 'none',
    connectionName: connection.name,
    typeOfData: isView ? 'view' : 'table',
  };
  return {
    Name: `${tablePrefix}${database}_${schema}_${name}`.toLowerCase(),
    Owner: 'owner',
    TableType: 'EXTERNAL_TABLE',
    Retention: 0,
    Parameters: parameters,
    PartitionKeys: [],
    StorageDescriptor: {
      Columns: [],
      Location: `${database}.${schema}.${name}`,
      Compressed: false,
      NumberOfBuckets: -1,
      SerdeInfo: { Parameters: {} },
      Parameters: parameters,
    },
  };
}
