import { Readable } from 'node:stream';
import {
  CrawlerNotRunningException,
  CrawlerRunningException,
  EntityNotFoundException,
  GetCrawlerCommand,
  GetCrawlerMetricsCommand,
  GetCrawlersCommand,
  GetPartitionsCommand,
  ListCrawlersCommand,
  StartCrawlerCommand,
  StopCrawlerCommand,
} from '@aws-sdk/client-glue';
import { describe, expect, test, vi } from 'vitest';
import { DATABASE, bulk, crawl, crawler, csv, givenCatalog, row, tablesIn } from '../../testing/given-catalog.ts';
import { MemoryObjects } from '../../testing/given-redshift.ts';
import { newDirectory } from '../../testing/directories.ts';
import { ManualClock } from '../../testing/manual-clock.ts';

describe('a second crawl', () => {
  const wider = 'A,B\n1,2.5\n3,4\n';

  async function twice(parts: Parameters<typeof crawler>[1], change: (objects: MemoryObjects) => void) {
    const objects = new MemoryObjects();
    objects.put('bulk/day=1/a.csv', 'A,B\n1,2\n3,4\n');
    const clock = new ManualClock();
    const { client, lines } = await givenCatalog({ objects, clock, definition: { crawlers: [bulk(parts)] } });
    await crawl(client);
    change(objects);
    await crawl(client);
    const days = async () => {
      const { Partitions = [] } = await client.send(new GetPartitionsCommand({ DatabaseName: DATABASE, TableName: 'bulk' }));
      return Partitions.map(({ Values }) => Values?.[0]);
    };
    return { client, tables: await tablesIn(client), days, lines, clock };
  }

  test('changes a table whose columns have changed', async () => {
    const { client, tables } = await twice({}, (objects) => {
      objects.put('bulk/day=1/a.csv', wider);
    });

    const { CrawlerMetricsList } = await client.send(new GetCrawlerMetricsCommand({ CrawlerNameList: ['bulk-files'] }));
    expect(tables[0]?.columns).toEqual({ a: 'bigint', b: 'double' });
    expect(CrawlerMetricsList).toMatchObject([
      { CrawlerName: 'bulk-files', TablesCreated: 0, TablesUpdated: 1, TablesDeleted: 0 },
    ]);
  });

  test('only says that it has changed when the policy is LOG, and adds new partitions all the same', async () => {
    const { tables, lines, days } = await twice({ updateBehavior: 'LOG' }, (objects) => {
      objects.put('bulk/day=2/a.csv', wider);
    });

    expect(tables[0]?.columns).toEqual({ a: 'bigint', b: 'bigint' });
    expect(await days()).toEqual(['1', '2']);
    expect(lines).toContainEqual(expect.stringContaining('bulk has changed'));
  });

  test('looks into new folders only when it is told so: a new file in a known folder is not seen', async () => {
    const { tables, days } = await twice(
      { recrawlBehavior: 'CRAWL_NEW_FOLDERS_ONLY', updateBehavior: 'LOG', deleteBehavior: 'LOG' },
      (objects) => {
        objects.put('bulk/day=1/b.csv', 'PAR1');
        objects.put('bulk/day=2/a.csv', 'A,B\n5,6\n7,8\n');
      },
    );

    expect(await days()).toEqual(['1', '2']);
    expect(tables).toMatchObject([{ name: 'bulk', parameters: { objectCount: '1' } }]);
  });

  const emptied = (objects: MemoryObjects) => {
    objects.bodies.clear();
  };

  test.each([
    ['LOG', undefined],
    ['DEPRECATE_IN_DATABASE', String(Date.UTC(2011, 1, 1, 8, 26))],
  ] as const)('keeps a table whose files are gone when the policy is %s', async (deleteBehavior, deprecated) => {
    const { tables } = await twice({ deleteBehavior }, emptied);

    expect(tables.map(({ parameters }) => parameters['DEPRECATED_BY_CRAWLER'])).toEqual([deprecated]);
  });

  test('deletes a table whose files are gone when the policy says so', async () => {
    const { tables } = await twice({ deleteBehavior: 'DELETE_FROM_DATABASE' }, emptied);

    expect(tables).toEqual([]);
  });

  test('keeps columns that are gone when new ones are to be merged', async () => {
    const configuration = '{"Version": 1.0, "CrawlerOutput": {"Tables": {"AddOrUpdateBehavior": "MergeNewColumns"}}}';
    const { tables } = await twice({ configuration }, (objects) => {
      objects.put('bulk/day=1/a.csv', 'B,C\n2,x\n4,y\n');
    });

    expect(tables[0]?.columns).toEqual({ a: 'bigint', b: 'bigint', c: 'string' });
  });
});

describe('a crawler at work', () => {
  /** An object that comes when the test lets it. */
  function givenSlowFile() {
    const objects = new MemoryObjects();
    const file = new Readable({ read: () => undefined });
    objects.put('bulk/slow.csv', () => file);
    const release = () => {
      file.push(csv(row('536365'), row('536366')));
      file.push(null);
    };
    return { objects, release };
  }

  test('cannot be started again', async () => {
    const { objects, release } = givenSlowFile();
    const { client } = await givenCatalog({ objects, definition: { crawlers: [bulk()] } });
    await client.send(new StartCrawlerCommand({ Name: 'bulk-files' }));

    const { Crawler: running } = await client.send(new GetCrawlerCommand({ Name: 'bulk-files' }));
    const failure = await client.send(new StartCrawlerCommand({ Name: 'bulk-files' })).catch((error: unknown) => error);
    release();

    expect(running).toMatchObject({ State: 'RUNNING' });
    expect(failure).toBeInstanceOf(CrawlerRunningException);
    expect(failure).toHaveProperty('message', 'Crawler with name bulk-files has already started');
  });

  test('leaves nothing behind when it is stopped', async () => {
    const { objects, release } = givenSlowFile();
    const { client } = await givenCatalog({ objects, definition: { crawlers: [bulk()] } });
    await client.send(new StartCrawlerCommand({ Name: 'bulk-files' }));

    await client.send(new StopCrawlerCommand({ Name: 'bulk-files' }));
    const { Crawler: stopping } = await client.send(new GetCrawlerCommand({ Name: 'bulk-files' }));
    release();
    const end = await vi.waitUntil(async () => {
      const { Crawler: now } = await client.send(new GetCrawlerCommand({ Name: 'bulk-files' }));
      return now?.State === 'READY' && now;
    });

    expect(stopping?.State).toBe('STOPPING');
    expect(end.LastCrawl?.Status).toBe('CANCELLED');
    expect(await tablesIn(client)).toEqual([]);
  });

  test('that is not at work cannot be stopped', async () => {
    const { client } = await givenCatalog({ definition: { crawlers: [bulk()] } });

    const stopping = client.send(new StopCrawlerCommand({ Name: 'bulk-files' }));

    await expect(stopping).rejects.toBeInstanceOf(CrawlerNotRunningException);
  });
});

test('there are the crawlers of the template and no others', async () => {
  const crawlers = ['warehouse', 'bulk-files'].map((name) => crawler(name, { s3Targets: [{ Path: 's3://shop' }] }));
  const { client } = await givenCatalog({ definition: { crawlers } });

  const { CrawlerNames } = await client.send(new ListCrawlersCommand({}));
  const { Crawlers = [], NextToken } = await client.send(new GetCrawlersCommand({ MaxResults: 1 }));

  expect(CrawlerNames).toEqual(['bulk-files', 'warehouse']);
  expect([Crawlers.map(({ Name }) => Name), NextToken]).toEqual([['bulk-files'], expect.any(String)]);
  const failure = await client.send(new StartCrawlerCommand({ Name: 'toys' })).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(EntityNotFoundException);
  expect(failure).toHaveProperty('message', 'Crawler entry with name toys does not exist');
});

test('a crawl that is over is known after a restart, with its tables', async () => {
  const directory = newDirectory('glue');
  const objects = new MemoryObjects();
  objects.put('bulk/a.csv', csv(row('536365'), row('536366')));
  const first = await givenCatalog({ directory, objects, definition: { crawlers: [bulk()] } });
  const before = await crawl(first.client);
  await first.close();

  const { client } = await givenCatalog({ directory, definition: { crawlers: [bulk()] } });

  const { Crawler: after } = await client.send(new GetCrawlerCommand({ Name: 'bulk-files' }));
  expect(after?.LastCrawl).toEqual(before.LastCrawl);
  expect((await tablesIn(client)).map(({ name }) => name)).toEqual(['bulk']);
});

test('a schedule starts the crawler when its time has come, so many times faster', async () => {
  const clock = new ManualClock(Date.UTC(2011, 1, 1, 8, 26));
  const objects = new MemoryObjects();
  objects.put('bulk/a.csv', csv(row('536365'), row('536366')));
  const crawlers = [bulk({ schedule: 'cron(30 9 * * ? *)' })];
  const { client } = await givenCatalog({ clock, objects, timeFactor: 60, definition: { crawlers } });

  clock.advance(63_000);
  const early = await tablesIn(client);
  clock.advance(1_000);
  await vi.waitUntil(async () => (await tablesIn(client)).length > 0);

  expect(early).toEqual([]);
});

test.each([
  ['no target', { s3Targets: [] }, /crawler bulk-files: Targets/],
  ['a database that there is not', { databaseName: 'toys' }, /the stack has no database toys/],
  ['a classifier that there is not', { classifiers: ['toys'] }, /the stack has no classifier toys/],
  ['no path of S3', { s3Targets: [{ Path: 'bulk/' }] }, /write s3:\/\/<bucket>\/<folder>\/: got bulk\//],
  ['new folders only and a change', { recrawlBehavior: 'CRAWL_NEW_FOLDERS_ONLY' as const }, /only LOG DeleteBehavior/],
  [
    'a level of tables',
    { configuration: '{"Grouping": {"TableLevelConfiguration": 2}}' },
    /TableLevelConfiguration: 2 is not supported/,
  ],
  ['a strange schedule', { schedule: 'daily' }, /schedule "daily"/],
  [
    'a connection that there is not',
    { jdbcTargets: [{ connectionName: 'x', path: 'a/b/%', exclusions: [] }] },
    /no connection x/,
  ],
])('a crawler with %s is refused at the start, and not when it runs', async (_, parts, message) => {
  await expect(givenCatalog({ definition: { crawlers: [bulk(parts)] } })).rejects.toThrow(message);
});
