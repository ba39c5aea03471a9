import {
  BatchStopJobRunCommand,
  GetJobCommand,
  GetJobRunCommand,
  GetJobRunsCommand,
  GetJobsCommand,
  GlueClient,
  ListJobsCommand,
  ListTriggersCommand,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startGlue } from './service.ts';
import type { JobRun } from './job-run-store.ts';
import type { JobEnding, JobRuntime } from './job-runs.ts';
import { findJava, findPython } from './programs.ts';
import { exceptionIn } from './spark-run.ts';
import type { JobDefinition } from './definition.ts';
import { LOCAL } from '../../testing/remote.ts';
import { newDirectory } from '../../testing/directories.ts';
import { ManualClock } from '../../testing/manual-clock.ts';

const importJob: JobDefinition = {
  name: 'import',
  arn: 'arn:aws:glue:us-east-1:000000000000:job/import',
  roleArn: 'arn:aws:iam::000000000000:role/import',
  scriptLocation: 's3://assets/abc.py',
  script: '/assets/abc.py',
  pythonPath: [],
  defaultArguments: { '--bucket': 'lake' },
  nonOverridableArguments: {},
  glueVersion: '5.1',
  workerType: 'G.1X',
  numberOfWorkers: 2,
  timeoutMinutes: 30,
  maxRetries: 0,
  maxConcurrentRuns: 1,
  queues: true,
};
const nothing = { databases: [], tables: [], classifiers: [], connections: [], crawlers: [], rulesets: [] };
const idOfRun = expect.stringMatching(/^jr_[0-9a-f]{64}$/) as string;

/** Programs that end when the test says so. */
function givenPrograms() {
  const programs: { readonly run: JobRun; end(ending?: JobEnding): void; readonly signal: AbortSignal }[] = [];
  const leftOver: number[] = [];
  const runtime: JobRuntime = {
    run: (_job, run, begin, signal) =>
      new Promise((resolve) => {
        const end = (ending: JobEnding = {}): void => {
          resolve(ending);
        };
        signal.addEventListener('abort', () => end({ errorMessage: 'ended by a signal' }));
        begin({ pid: 4711, began: 'long ago' });
        programs.push({ run, end, signal });
      }),
    endLeftOver: async ({ pid }) => {
      leftOver.push(pid);
    },
  };
  return { programs, leftOver, runtime };
}

async function givenGlue(changes: Partial<JobDefinition> = {}, directory = newDirectory('glue'), runtime?: JobRuntime) {
  const { programs, leftOver, runtime: ownRuntime } = givenPrograms();
  const clock = new ManualClock();
  const changed: string[] = [];
  const glue = await startGlue({
    ...LOCAL,
    port: 0,
    definition: { ...nothing, jobs: [{ ...importJob, ...changes }] },
    directory,
    runtime: runtime ?? ownRuntime,
    operations: {},
    clock,
    onJobRun: ({ id, state }) => changed.push(`${id} ${state}`),
    log: () => undefined,
  });
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await glue.close();
    isOpen = false;
  };
  onTestFinished(close);
  await glue.recover();
  const client = new GlueClient({ ...LOCAL, endpoint: glue.url, maxAttempts: 1 });
  onTestFinished(() => {
    client.destroy();
  });
  const start = async (input: object = {}): Promise<string> =>
    (await client.send(new StartJobRunCommand({ JobName: 'import', ...input }))).JobRunId ?? '';
  const runOf = async (RunId: string) => (await client.send(new GetJobRunCommand({ JobName: 'import', RunId }))).JobRun;
  const become = (id: string, state: string) => vi.waitFor(() => expect(changed).toContain(`${id} ${state}`));
  return { client, clock, programs, leftOver, changed, start, runOf, become, close, directory };
}

describe('a run of a job', () => {
  test('starts, runs and succeeds, and tells what Glue tells', async () => {
    const { client, clock, programs, start, runOf, become } = await givenGlue();

    const id = await start({ Arguments: { '--again': 'true' } });
    await become(id, 'RUNNING');
    const running = await runOf(id);
    clock.advance(90_000);
    programs[0]?.end();
    await become(id, 'SUCCEEDED');

    expect(id).toEqual(idOfRun);
    expect(running).toMatchObject({ JobRunState: 'RUNNING', ExecutionTime: 0 });
    expect(running?.CompletedOn).toBeUndefined();
    expect(await runOf(id)).toEqual({
      Id: id,
      Attempt: 0,
      JobName: 'import',
      JobMode: 'SCRIPT',
      JobRunQueuingEnabled: true,
      StartedOn: new Date('2011-02-01T08:26:00Z'),
      LastModifiedOn: new Date('2011-02-01T08:27:30Z'),
      CompletedOn: new Date('2011-02-01T08:27:30Z'),
      JobRunState: 'SUCCEEDED',
      Arguments: { '--again': 'true' },
      PredecessorRuns: [],
      WorkerType: 'G.1X',
      NumberOfWorkers: 2,
      MaxCapacity: 2,
      AllocatedCapacity: 2,
      ExecutionTime: 90,
      Timeout: 30,
      LogGroupName: '/aws-glue/jobs',
      GlueVersion: '5.1',
      ExecutionClass: 'STANDARD',
    });
    expect((await client.send(new GetJobCommand({ JobName: 'import' }))).Job).toMatchObject({
      Name: 'import',
      Command: { Name: 'glueetl', ScriptLocation: 's3://assets/abc.py', PythonVersion: '3' },
      DefaultArguments: { '--bucket': 'lake' },
      ExecutionProperty: { MaxConcurrentRuns: 1 },
      Timeout: 30,
    });
    expect((await client.send(new ListJobsCommand({}))).JobNames).toEqual(['import']);
    expect((await client.send(new GetJobsCommand({}))).Jobs).toHaveLength(1);
  });

  test('waits while another is at work, and begins when that one has ended, the oldest first', async () => {
    const { client, clock, programs, start, become } = await givenGlue();

    const first = await start();
    await become(first, 'RUNNING');
    const others: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      clock.advance(1_000);
      others.push(await start());
    }
    const { JobRuns } = await client.send(new GetJobRunsCommand({ JobName: 'import' }));
    programs[0]?.end();
    await become(others[0] ?? '', 'RUNNING');

    expect(JobRuns?.map(({ Id, JobRunState }) => [Id, JobRunState])).toEqual([
      [others[1], 'WAITING'],
      [others[0], 'WAITING'],
      [first, 'RUNNING'],
    ]);
    expect(programs.map(({ run }) => run.id)).toEqual([first, others[0]]);
  });

  test('is refused while as many are at work as may be, when it may not wait', async () => {
    const { start } = await givenGlue({ queues: false, maxConcurrentRuns: 2 });

    await start();
    await start();
    const third = start();

    await expect(third).rejects.toMatchObject({
      name: 'ConcurrentRunsExceededException',
      message: 'Concurrent runs exceeded for import',
    });
    expect(await start({ JobRunQueuingEnabled: true })).toEqual(idOfRun);
  });

  test('that fails says why, and is tried again as often as the job allows', async () => {
    const { programs, start, runOf, become } = await givenGlue({ maxRetries: 1 });

    const id = await start({ Arguments: { '--objects': 'bulk/a.csv' } });
    await become(id, 'RUNNING');
    programs[0]?.end({ errorMessage: 'ValueError: no such month' });
    await become(`${id}_attempt_1`, 'RUNNING');
    programs[1]?.end({ errorMessage: 'ValueError: no such month' });
    await become(`${id}_attempt_1`, 'FAILED');

    expect(await runOf(id)).toMatchObject({ JobRunState: 'FAILED', ErrorMessage: 'ValueError: no such month', Attempt: 0 });
    expect(await runOf(`${id}_attempt_1`)).toMatchObject({
      JobRunState: 'FAILED',
      Attempt: 1,
      PreviousRunId: id,
      Arguments: { '--objects': 'bulk/a.csv' },
    });
    expect(programs).toHaveLength(2);
  });

  test('that takes longer than it may is ended, and not tried again', async () => {
    const { clock, programs, start, runOf, become } = await givenGlue({ maxRetries: 1 });

    const id = await start({ Timeout: 5 });
    await become(id, 'RUNNING');
    clock.advance(5 * 60_000 - 1);
    const before = programs[0]?.signal.aborted;
    clock.advance(1);
    await become(id, 'TIMEOUT');

    expect(before).toBe(false);
    expect(await runOf(id)).toMatchObject({ JobRunState: 'TIMEOUT', ExecutionTime: 300, Timeout: 5 });
    expect(programs).toHaveLength(1);
  });

  test('can be stopped, at work or waiting; what has ended or is not there cannot', async () => {
    const { client, start, changed, become, programs } = await givenGlue();
    const [running, waiting] = [await start(), await start()];
    await become(running, 'RUNNING');

    const JobRunIds = [waiting, running, 'jr_unknown'];
    const answer = await client.send(new BatchStopJobRunCommand({ JobName: 'import', JobRunIds }));
    await become(running, 'STOPPED');
    const again = await client.send(new BatchStopJobRunCommand({ JobName: 'import', JobRunIds: [running] }));

    expect(answer.SuccessfulSubmissions).toEqual([
      { JobName: 'import', JobRunId: waiting },
      { JobName: 'import', JobRunId: running },
    ]);
    expect(answer.Errors).toMatchObject([{ JobRunId: 'jr_unknown', ErrorDetail: { ErrorCode: 'EntityNotFoundException' } }]);
    expect(again.Errors).toMatchObject([{ ErrorDetail: { ErrorCode: 'InvalidInputException' } }]);
    expect(changed.filter((line) => line.startsWith(running)).map((line) => line.split(' ')[1])).toEqual([
      'STARTING',
      'RUNNING',
      'STOPPING',
      'STOPPED',
    ]);
    expect(programs.map(({ run }) => run.id)).toEqual([running]);
  });

  test('is listed page by page, the newest first', async () => {
    const { client, clock, start } = await givenGlue();
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      ids.unshift(await start());
      clock.advance(1);
    }

    const listed: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(new GetJobRunsCommand({ JobName: 'import', MaxResults: 2, NextToken }));
      listed.push(...(page.JobRuns ?? []).map(({ Id }) => Id));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);

    expect(listed).toEqual(ids);
  });
});

describe('when the stack ends while a run is at work', () => {
  test('the run has failed at the next start, its program is ended, and what waited begins', async () => {
    const before = await givenGlue();
    const running = await before.start();
    await before.become(running, 'RUNNING');
    before.clock.advance(1_000);
    const waiting = await before.start();
    await before.close();

    const after = await givenGlue({}, before.directory);
    await after.become(waiting, 'RUNNING');

    expect(after.leftOver).toEqual([4711]);
    expect(await after.runOf(running)).toMatchObject({
      JobRunState: 'FAILED',
      ErrorMessage: 'The stack ended while the run was at work: nothing tells how far it came.',
    });
    expect(after.programs.map(({ run }) => run.id)).toEqual([waiting]);
  });

  test('the run is tried again if the job has retries', async () => {
    const before = await givenGlue({ maxRetries: 1 });
    const id = await before.start({ Arguments: { '--objects': 'bulk/a.csv' } });
    await before.become(id, 'RUNNING');
    await before.close();

    const after = await givenGlue({ maxRetries: 1 }, before.directory);
    await after.become(`${id}_attempt_1`, 'RUNNING');

    expect(after.programs[0]?.run).toMatchObject({ attempt: 1, arguments: { '--objects': 'bulk/a.csv' } });
  });
});

describe('what Glue refuses', () => {
  test.each([
    ['a job that is not there', new StartJobRunCommand({ JobName: 'export' }), 'EntityNotFoundException', 'export'],
    ['a run that is not there', new GetJobRunCommand({ JobName: 'import', RunId: 'jr_1' }), 'EntityNotFoundException', 'jr_1'],
    [
      'an argument that would change what runs',
      new StartJobRunCommand({ JobName: 'import', Arguments: { '--extra-jars': 's3://lake/a.jar' } }),
      'InvalidInputException',
      '--extra-jars is not supported locally',
    ],
    [
      'a name without hyphens',
      new StartJobRunCommand({ JobName: 'import', Arguments: { again: 'true' } }),
      'InvalidInputException',
      'write --again',
    ],
    ['an operation that is not known', new ListTriggersCommand({}), 'UnknownOperationException', 'AWSGlue.ListTriggers'],
  ])('%s', async (_, command, name, words) => {
    const { client } = await givenGlue();

    const refusal = client.send(command as StartJobRunCommand);

    await expect(refusal).rejects.toMatchObject({ name, message: expect.stringContaining(words) as string });
  });
});

describe('what a machine lacks is said with what to install', () => {
  test('Python', async () => {
    await expect(findPython({ PATH: newDirectory('empty') })).rejects.toThrow('install python3.11 and python3.11-venv');
  });

  test('Java', async () => {
    await expect(findJava({ PATH: newDirectory('empty') })).rejects.toThrow('install openjdk-17-jre-headless, or set JAVA_HOME');
  });
});

test('the message of a failed run is its last exception', () => {
  const log = [
    'Traceback (most recent call last):',
    '  File "/a.py", line 1, in <module>',
    "KeyError: 'first'",
    '',
    'During handling of the above exception, another exception occurred:',
    '',
    'Traceback (most recent call last):',
    '  File "/a.py", line 3, in <module>',
    '    raise UnreadableObjects("2 of 3 objects")',
    'import_job.UnreadableObjects: 2 of 3 objects',
  ];

  expect(exceptionIn(log)).toBe('import_job.UnreadableObjects: 2 of 3 objects');
  expect(exceptionIn(['26/11/22 WARN nothing'])).toBeUndefined();
});
