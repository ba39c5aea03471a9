import { GlueClient } from '@aws-sdk/client-glue';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { onTestFinished } from 'vitest';
import { Faults } from '../../local/faults.ts';
import { startJsonServer } from '../../local/http/aws-json-server.ts';
import type { CatalogServiceOptions } from '../../local/services/glue/catalog-service.ts';
import { startCatalog } from '../../local/services/glue/catalog-service.ts';
import type { CrawlerDefinition } from '../../local/template/glue-definition.ts';
import { MemoryObjects } from './redshift/given-redshift.ts';
import { newDirectory } from './support/directories.ts';

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
      faults: new Faults('glue', {}),
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
