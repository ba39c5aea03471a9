import { GetCrawlerCommand, GetTablesCommand, GlueClient, StartCrawlerCommand } from '@aws-sdk/client-glue';
import type { Crawler } from '@aws-sdk/client-glue';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { onTestFinished, vi } from 'vitest';
import { Faults, type ResponseEffect } from '../faults.ts';
import { startJsonServer } from '../http/aws-json-server.ts';
import type { CatalogServiceOptions } from '../services/glue/catalog-service.ts';
import { startCatalog } from '../services/glue/catalog-service.ts';
import type { ClassifierDefinition, CrawlerDefinition } from '../services/glue/definition.ts';
import { MemoryObjects } from './given-redshift.ts';
import { newDirectory } from './directories.ts';

export const ACCOUNT = '000000000000';
export const BUCKET = 'shop';
export const DATABASE = 'sales';

const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local-secret' };

const NOTHING = { databases: [], tables: [], classifiers: [], connections: [], crawlers: [], rulesets: [] };

/** A crawler over objects, as the template's reader gives it. */
export function crawler(name: string, parts: Partial<CrawlerDefinition>): CrawlerDefinition {
  return {
    name,
    arn: `arn:aws:glue:us-east-1:${ACCOUNT}:crawler/${name}`,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/crawls`,
    databaseName: DATABASE,
    tablePrefix: '',
    s3Targets: [],
    jdbcTargets: [],
    classifiers: [],
    updateBehavior: 'UPDATE_IN_DATABASE',
    deleteBehavior: 'DEPRECATE_IN_DATABASE',
    recrawlBehavior: 'CRAWL_EVERYTHING',
    ...parts,
  };
}

type Definition = CatalogServiceOptions['definition'];

/** A catalog behind an endpoint, with the database `sales`; closed when the test is over. */
export async function givenCatalog({
  definition,
  directory = newDirectory('glue'),
  objects = new MemoryObjects(),
  ...options
}: Partial<Omit<CatalogServiceOptions, 'definition'>> & {
  readonly definition?: Partial<Definition>;
  readonly objects?: MemoryObjects;
} = {}) {
  const lines: string[] = [];
  const service = startCatalog({
    directory,
    accountId: ACCOUNT,
    objects,
    query: () => Promise.reject(new Error('there is no warehouse')),
    ask: () => Promise.reject(new Error('there is no Spark')),
    timeFactor: 1,
    log: (line) => lines.push(line),
    ...options,
    definition: { ...NOTHING, databases: [{ input: { Name: DATABASE } }], ...definition },
  });
  const server = await startJsonServer(
    {
      signingName: 'glue',
      targetPrefix: 'AWSGlue',
      jsonVersion: '1.1',
      operations: service.operations,
      faults: new Faults<ResponseEffect>('glue', {}),
      maxBodyBytes: 100_000,
    },
    { port: 0, credentials: LOCAL, region: 'us-east-1', log: (line) => lines.push(line) },
  );
  const client = new GlueClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: LOCAL,
    requestHandler: new NodeHttpHandler(),
    maxAttempts: 1,
  });
  let closing: Promise<unknown> | undefined;
  const close = () => {
    client.destroy();
    return (closing ??= Promise.all([service.close(), server.close()]));
  };
  onTestFinished(async () => {
    await close();
  });
  return { client, objects, directory, lines, close };
}

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';

/** A row of the data set, with CRLF as it has there. */
export function row(invoiceNo: string, { stockCode = '85123', description = 'HEART', customer = '17850' } = {}): string {
  return `${invoiceNo},${stockCode},${description},6,12/1/2010 8:26,2.55,${customer},United Kingdom\r\n`;
}

export const csv = (...rows: readonly string[]) => `${HEADER}\r\n${rows.join('')}`;
export const bulk = (parts: Parameters<typeof crawler>[1] = {}) =>
  crawler('bulk-files', { s3Targets: [{ Path: `s3://${BUCKET}/bulk/` }], ...parts });

export const QUOTED: ClassifierDefinition = {
  name: 'quoted',
  delimiter: ',',
  quoteSymbol: '"',
  containsHeader: 'PRESENT',
  header: [],
  disableValueTrimming: false,
  allowSingleColumn: false,
  customDatatypeConfigured: false,
  customDatatypes: [],
};

/** Start a crawler, and wait for its end. */
export async function crawl(client: GlueClient, Name = 'bulk-files'): Promise<Crawler> {
  await client.send(new StartCrawlerCommand({ Name }));
  return vi.waitUntil(async () => {
    const { Crawler: now } = await client.send(new GetCrawlerCommand({ Name }));
    return now?.State === 'READY' && now;
  });
}

export async function tablesIn(client: GlueClient) {
  const { TableList = [] } = await client.send(new GetTablesCommand({ DatabaseName: DATABASE }));
  return TableList.map(({ Name = '', StorageDescriptor, Parameters, PartitionKeys }) => ({
    name: Name,
    columns: Object.fromEntries((StorageDescriptor?.Columns ?? []).map(({ Name: column = '', Type = '' }) => [column, Type])),
    storage: StorageDescriptor,
    parameters: Parameters ?? {},
    keys: (PartitionKeys ?? []).map((key) => key.Name),
  }));
}

/** What one crawl makes of these objects. */
export async function crawled(
  files: Readonly<Record<string, string | Buffer>>,
  parts?: Parameters<typeof crawler>[1],
  classifiers = [QUOTED],
) {
  const objects = new MemoryObjects();
  for (const [key, body] of Object.entries(files)) objects.put(key, body);
  const { client, ...given } = await givenCatalog({ objects, definition: { crawlers: [bulk(parts)], classifiers } });
  const end = await crawl(client);
  const tables = await tablesIn(client);
  return { ...given, client, end, tables, columns: tables[0]?.columns ?? {} };
}
