import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { importStarter, type ImportRuns, UnknownObjectEventError, UnsettledRunsError } from '../../ingest/imports/starter.ts';

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
  // The first run begins at once, the others wait.
  const runs: ImportRuns = {
    waiting: () => Promise.resolve(started.slice(1)),
    start() {
      started.push(`jr_${String(started.length + 1)}`);
      return Promise.resolve(started.at(-1) ?? '');
    },
    stop: () => Promise.reject(new Error('nothing is stopped')),
  };
  const start = importStarter({ runs, log: (entry) => void logged.push(entry) });

  beforeEach(() => {
    logged.length = 0;
    started.length = 0;
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

describe('objects that are put all at once', () => {
  /** Glue, as far as runs of one job go: one at a time, in their order. A run sees what is there when it begins. */
  class Queue {
    readonly objects = new Set<string>();
    readonly seen = new Set<string>();
    private readonly queue: string[] = [];
    private running = false;
    begun = 0;
    private started = 0;

    constructor(private readonly inTurn: (name: string) => Promise<void>) {}

    readonly waiting = async () => {
      await this.inTurn('look');
      return [...this.queue];
    };

    readonly runs: ImportRuns = {
      waiting: this.waiting,
      start: async () => {
        await this.inTurn('start');
        const run = `jr_${String((this.started += 1))}`;
        this.queue.push(run);
        if (!this.running) this.goOn();
        return run;
      },
      stop: async (run) => {
        await this.inTurn('stop');
        if (this.queue.includes(run)) this.queue.splice(this.queue.indexOf(run), 1);
      },
    };

    /** The run ends, and the next one begins. */
    goOn(): void {
      this.running = this.queue.shift() !== undefined;
      if (!this.running) return;
      this.begun++;
      for (const object of this.objects) this.seen.add(object);
    }
  }

  test('are seen too when the run that they rely on is just about to be stopped for one that begins', async () => {
    const queue = new Queue(() => Promise.resolve());
    const call = importStarter({ runs: queue.runs, log: () => undefined });
    const stop = queue.runs.stop.bind(queue.runs);
    await queue.runs.start();
    // Another call in the same moment has started a run that waits, which this one does not see yet.
    await queue.runs.start();
    queue.runs.waiting = () => {
      queue.runs.waiting = queue.waiting;
      return Promise.resolve([]);
    };
    const late: string[] = [];
    queue.runs.stop = async (run) => {
      queue.goOn();
      queue.objects.add('bulk/late.csv');
      late.push(await call(put('bulk/late.csv')));
      await stop(run);
    };

    expect(await call(put('bulk/2011.csv'))).toBe('started');
    queue.goOn();

    expect(late).toEqual(['waiting already']);
    expect([...queue.seen]).toContain('bulk/late.csv');
  });

  test('are all seen by a run that begins afterwards, whatever the order of the calls', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 6 }),
        async (scheduler, puts, ends) => {
          const queue = new Queue((name) => scheduler.schedule(Promise.resolve(), name));
          const call = importStarter({ runs: queue.runs, log: () => undefined });
          const calls = Array.from({ length: puts }, async (_, place) => {
            const key = `bulk/${String(place)}.csv`;
            await scheduler.schedule(Promise.resolve(), `put ${key}`);
            queue.objects.add(key);
            await call(put(key)).catch((error: unknown) => {
              // Lambda calls again.
              if (!(error instanceof UnsettledRunsError)) throw error;
              queue.seen.add(key);
            });
          });
          for (let end = 0; end < ends; end++)
            void scheduler.schedule(Promise.resolve(), 'a run ends').then(() => {
              queue.goOn();
            });
          await scheduler.waitFor(Promise.all(calls));
          await scheduler.waitIdle();
          for (let end = 0; end < puts; end++) queue.goOn();

          expect([...queue.seen].sort()).toEqual([...queue.objects].sort());
          expect(queue.begun).toBeLessThanOrEqual(2 + ends);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('the function as it is bundled', () => {
  interface Call {
    readonly target: string;
    readonly body: Readonly<Record<string, unknown>>;
  }
  const calls: Call[] = [];
  let states: readonly string[] = [];
  /** The runs that a start adds, the newest first: its own, and those that others start at the same time. */
  let startsWith: readonly string[] = ['WAITING'];
  let failure: { readonly status: number; readonly type: string } | undefined;
  let glue: Server;
  let handler: (event: unknown) => Promise<string>;

  beforeAll(async () => {
    glue = createServer((request, response) => {
      void request.toArray().then((chunks) => {
        const target = String(request.headers['x-amz-target']);
        const body = JSON.parse(Buffer.concat(chunks as Buffer[]).toString()) as Call['body'];
        calls.push({ target, body });
        if (target === 'AWSGlue.StartJobRun') states = [...startsWith, ...states];
        // The newest first.
        const runs = states.map((JobRunState, index) => {
          const number = states.length - 1 - index;
          return { Id: `jr_${String(number)}`, JobName: 'import', JobRunState, StartedOn: 1_790_000_000 + number };
        });
        const answers: Record<string, object> = {
          'AWSGlue.GetJobRuns': { JobRuns: runs },
          'AWSGlue.StartJobRun': { JobRunId: `jr_${String(states.length - 1)}` },
          'AWSGlue.BatchStopJobRun': { SuccessfulSubmissions: [], Errors: [] },
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
    startsWith = ['WAITING'];
    failure = undefined;
  });

  test('asks for the newest runs of its job, and starts one with the arguments that are declared', async () => {
    states = ['RUNNING', 'SUCCEEDED', 'FAILED'];

    expect(await handler(put('bulk/2011.csv'))).toBe('started');

    expect(calls).toEqual([
      { target: 'AWSGlue.GetJobRuns', body: { JobName: 'import', MaxResults: 25 } },
      { target: 'AWSGlue.StartJobRun', body: { JobName: 'import' } },
      { target: 'AWSGlue.GetJobRuns', body: { JobName: 'import', MaxResults: 25 } },
    ]);
  });

  test('stops the run that it has started when one that was started before waits as well', async () => {
    states = ['RUNNING'];
    // Another call starts a run in the same moment, and is first.
    startsWith = ['WAITING', 'WAITING'];

    expect(await handler(put('bulk/2011.csv'))).toBe('waiting already');

    const names = calls.map(({ target }) => target.slice('AWSGlue.'.length));
    expect(names).toEqual(['GetJobRuns', 'StartJobRun', 'GetJobRuns', 'BatchStopJobRun', 'GetJobRuns']);
    expect(calls[3]?.body).toEqual({ JobName: 'import', JobRunIds: ['jr_2'] });
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
