import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { importStarter, type ImportRuns, UnknownObjectEventError } from '../../ingest/imports/starter.ts';

/** As EventBridge tells of an object; keys are not encoded there. */
const put = (key: string, size = 7) => ({
  version: '0',
  source: 'aws.s3',
  'detail-type': 'Object Created',
  time: '2026-11-22T22:50:00Z',
  detail: { version: '0', bucket: { name: 'shop' }, object: { key, size, etag: 'd41d8cd98f00b204e9800998ecf8427e' } },
});

describe('an object that was put', () => {
  const logged: Readonly<Record<string, unknown>>[] = [];
  const started: string[] = [];
  let waiting = false;
  const runs: ImportRuns = {
    isWaiting: () => Promise.resolve(waiting),
    start() {
      waiting = started.length > 0;
      started.push(`jr_${String(started.length + 1)}`);
      return Promise.resolve(started.at(-1) ?? '');
    },
  };
  const start = importStarter({ runs, log: (entry) => void logged.push(entry) });

  beforeEach(() => {
    logged.length = 0;
    started.length = 0;
    waiting = false;
  });

  test.each(['bulk/2011.csv', 'bulk/2011.csv.gz', 'bulk/by day/2010-12-01 (1).csv', 'bulk/a/b/c.csv'])(
    'starts a run when it is %s',
    async (key) => {
      expect(await start(put(key))).toBe('started');

      expect(started).toEqual(['jr_1']);
      expect(logged).toEqual([{ outcome: 'started', object: key, run: 'jr_1' }]);
    },
  );

  test.each(['bulk/', 'bulk/2011/', 'bulk/2011.csv/'])('starts nothing when it is the folder %s', async (key) => {
    expect(await start(put(key, 0))).toBe('ignored');

    expect(started).toEqual([]);
    expect(logged).toEqual([{ outcome: 'ignored', object: key, why: 'a folder, as the console makes it' }]);
  });

  test.each([
    ['bulk/notes.txt', 7],
    ['bulk/2011.csv.zip', 7],
    ['bulk/2011.csv', 0],
    ['bulk/2011/', 7],
  ])('starts a run when it is %s of %i bytes: the job says what it cannot read, and rings', async (key, size) => {
    expect(await start(put(key, size))).toBe('started');
  });

  test('starts nothing while a run waits, because that one has not looked yet', async () => {
    const days = Array.from({ length: 5 }, (_, day) => put(`bulk/2010-12-0${String(day + 1)}.csv`));

    const outcomes: string[] = [];
    for (const day of days) outcomes.push(await start(day));

    expect(outcomes).toEqual(['started', 'started', ...Array<string>(3).fill('waiting already')]);
    expect(started).toHaveLength(2);
  });

  test('is told again when Glue does not answer', async () => {
    const failing = importStarter({
      runs: { ...runs, start: () => Promise.reject(new Error('ThrottlingException')) },
      log: () => undefined,
    });

    await expect(failing(put('bulk/2011.csv'))).rejects.toThrow('ThrottlingException');
  });

  test.each([undefined, null, {}, 'bulk/2011.csv', { source: 'tillgraph.schedule' }, { ...put('x.csv'), detail: {} }])(
    'is not %j',
    async (event) => {
      await expect(start(event)).rejects.toThrow(UnknownObjectEventError);
    },
  );
});

describe('the function as it is bundled', () => {
  interface Call {
    readonly target: string;
    readonly body: Readonly<Record<string, unknown>>;
  }
  const calls: Call[] = [];
  let states: readonly string[] = [];
  let failure: { readonly status: number; readonly type: string } | undefined;
  let glue: Server;
  let handler: (event: unknown) => Promise<string>;

  beforeAll(async () => {
    glue = createServer((request, response) => {
      void request.toArray().then((chunks) => {
        const target = String(request.headers['x-amz-target']);
        const body = JSON.parse(Buffer.concat(chunks as Buffer[]).toString()) as Call['body'];
        calls.push({ target, body });
        const runs = states.map((JobRunState, index) => ({ Id: `jr_${String(index)}`, JobName: 'import', JobRunState }));
        const answers: Record<string, object> = {
          'AWSGlue.GetJobRuns': { JobRuns: runs },
          'AWSGlue.StartJobRun': { JobRunId: 'jr_new' },
        };
        response.statusCode = failure?.status ?? 200;
        response.setHeader('content-type', 'application/x-amz-json-1.1');
        response.end(JSON.stringify(failure === undefined ? answers[target] : { __type: failure.type, Message: 'not now' }));
      });
    });
    await new Promise<void>((listening) => glue.listen(0, '127.0.0.1', listening));
    for (const [name, value] of Object.entries({
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local-secret',
      AWS_ENDPOINT_URL_GLUE: `http://127.0.0.1:${String((glue.address() as AddressInfo).port)}`,
      AWS_MAX_ATTEMPTS: '1',
      IMPORT_JOB_NAME: 'import',
    }))
      vi.stubEnv(name, value);
    const bundle = new URL('../../build/functions/import-starter/index.mjs', import.meta.url).href;
    ({ handler } = (await import(/* @vite-ignore */ bundle)) as { handler: typeof handler });
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await new Promise((closed) => glue.close(closed));
  });

  beforeEach(() => {
    calls.length = 0;
    states = [];
    failure = undefined;
  });

  test('asks for the newest runs of its job, and starts one with the arguments that are declared', async () => {
    states = ['RUNNING', 'SUCCEEDED', 'FAILED'];

    expect(await handler(put('bulk/2011.csv'))).toBe('started');

    expect(calls).toEqual([
      { target: 'AWSGlue.GetJobRuns', body: { JobName: 'import', MaxResults: 25 } },
      { target: 'AWSGlue.StartJobRun', body: { JobName: 'import' } },
    ]);
  });

  test('leaves it at looking when a run waits', async () => {
    states = ['WAITING', 'RUNNING'];

    expect(await handler(put('bulk/2011.csv'))).toBe('waiting already');

    expect(calls.map(({ target }) => target)).toEqual(['AWSGlue.GetJobRuns']);
  });

  test('asks Glue nothing about a folder', async () => {
    expect(await handler(put('bulk/2011/', 0))).toBe('ignored');

    expect(calls).toEqual([]);
  });

  test.each([
    [400, 'ThrottlingException'],
    [400, 'ConcurrentRunsExceededException'],
    [500, 'InternalServiceException'],
  ])('fails when Glue answers %i %s, so that Lambda calls it again', async (status, type) => {
    failure = { status, type };

    await expect(handler(put('bulk/2011.csv'))).rejects.toMatchObject({ name: type });
  });
});
