import { describe, expect, test } from 'vitest';
import type { OpenedStores } from '../../ingest/arrival/stores.ts';
import { redriveCommand } from '../../ingest/redrive/command.ts';
import type { FailedRecord } from '../../ingest/redrive/failed-records.ts';
import { NotTakenError, type RedriveStack } from '../../ingest/redrive/redriving.ts';
import { toNdjson } from '../../ingest/consumers/stream-judge.ts';
import { line } from '../support/lines.ts';
import { givenUpBatch, unjudged } from './given-up-objects.ts';

const [first, second] = ['a', 'b'].map((lineId) => toNdjson([line({ lineId })])) as [string, string];
const guest = toNdjson([line({ lineId: 'c', invoiceNo: '4711', customerId: undefined })]);

/** A bucket and a stream in memory. */
function memoryStack(objects: readonly { readonly key: string; readonly body: string }[]) {
  const bucket = new Map(objects.map(({ key, body }) => [key, body]));
  const stream: (readonly [text: string, partitionKey: string])[] = [];
  const stack: RedriveStack & { close(): void } = {
    name: 'the stack',
    keys: (prefix) => Promise.resolve([...bucket.keys()].filter((key) => key.startsWith(prefix)).sort()),
    text: (key) => Promise.resolve(bucket.get(key)),
    put: (records: readonly FailedRecord[]) => {
      for (const { data, partitionKey } of records) stream.push([data.toString(), partitionKey]);
      return Promise.resolve();
    },
    shelve: (key) => {
      bucket.set(`redriven/${key}`, bucket.get(key) ?? '');
      bucket.delete(key);
      return Promise.resolve();
    },
    close: () => undefined,
  };
  return { bucket, stream, stack };
}

async function run(
  stack: RedriveStack & { close(): void },
  args: readonly string[] = [],
  {
    isTTY = false,
    interrupt = new AbortController().signal,
    behind = { howToAsk: '' },
  }: { readonly isTTY?: boolean; readonly interrupt?: AbortSignal; readonly behind?: OpenedStores } = {},
) {
  const written = { printed: '', shown: '' };
  const exitCode = await redriveCommand(args, {
    print: (text) => void (written.printed += text),
    screen: { isTTY, columns: 80, write: (text) => void (written.shown += text) },
    interrupt,
    clock: { now: () => 0, wait: () => Promise.resolve() },
    behind: () => Promise.resolve(behind),
    stack: () => stack,
  });
  return { exitCode, ...written };
}

describe('npm run redrive', () => {
  test('puts back what no table took, under the key that a door would give it', async () => {
    const unstored = [first, guest]
      .map((text) => `${JSON.stringify({ reason: 'CannotBeStored', message: 'too large', line: text.trim() })}\n`)
      .join('');
    const { bucket, stream, stack } = memoryStack([{ key: 'rejected/unstored/dt=2026-11-22/one.ndjson', body: unstored }]);

    const { exitCode, printed } = await run(stack);

    expect([exitCode, printed]).toEqual([0, 'put back 1 object: 2 records, 2 lines\n']);
    expect(stream).toEqual([
      [first, '17850'],
      [guest, '4711'],
    ]);
    expect([...bucket.keys()]).toEqual(['redriven/rejected/unstored/dt=2026-11-22/one.ndjson']);
  });

  test('puts back what Lambda and Firehose gave up, whole, and moves it away', async () => {
    const batch = givenUpBatch([
      [`${first}garbage\n`, '17850'],
      [second, 'anything'],
    ]);
    const records = unjudged([guest, first]);
    const { bucket, stream, stack } = memoryStack([batch, records]);

    const { exitCode, printed, shown } = await run(stack);

    expect([exitCode, printed, shown]).toEqual([0, 'put back 2 objects: 4 records, 4 lines\n', '']);
    expect(stream).toEqual([
      [`${first}garbage\n`, '17850'],
      [second, 'anything'],
      [guest, '4711'],
      [first, '17850'],
    ]);
    expect(new Map(bucket)).toEqual(
      new Map([
        [`redriven/${batch.key}`, batch.body],
        [`redriven/${records.key}`, records.body],
      ]),
    );
  });

  test('a second time finds nothing', async () => {
    const { stream, stack } = memoryStack([unjudged([first])]);
    await run(stack);

    const { exitCode, printed } = await run(stack);

    expect([exitCode, printed, stream.length]).toEqual([0, 'nothing is given up in the stack\n', 1]);
  });

  test('broken off before an object is moved, puts it back again, and loses nothing', async () => {
    const { stream, stack } = memoryStack([unjudged([first])]);
    const broken = { ...stack, shelve: () => Promise.reject(new Error('the line is dead')) };

    const [failed, again] = [await run(broken), await run(stack)];

    expect([failed.exitCode, failed.shown]).toEqual([1, 'ERROR: the line is dead\n']);
    expect([again.exitCode, stream.map(([text]) => text)]).toEqual([0, [first, first]]);
  });

  test('dry counts, and puts nothing back', async () => {
    const { bucket, stream, stack } = memoryStack([unjudged([first, second])]);

    const { exitCode, printed } = await run(stack, ['--dry-run']);

    expect([exitCode, printed]).toEqual([0, 'would put back 1 object: 2 records, 2 lines\n']);
    expect([stream, bucket.size]).toEqual([[], 1]);
  });

  const batch = givenUpBatch([[first, '17850']]);
  const { payload } = JSON.parse(batch.body) as { payload: string };
  const lambdas = "it is not a batch as Lambda gives it up: a JSON object whose payload is an event of the stream's records";
  const firehoses = 'it is not a list of records as Firehose gives them up: JSON objects with rawData, each on a line of its own';
  test.each([
    ['no JSON', batch.key, '<html>', lambdas],
    ['no payload, as for a queue', batch.key, '{"requestContext":{}}', lambdas],
    ['a payload without records', batch.key, JSON.stringify({ payload: '{"Records":[]}' }), lambdas],
    ['a record without its key', batch.key, JSON.stringify({ payload: payload.replace('partitionKey', 'p') }), lambdas],
    ['data that is no base64', batch.key, JSON.stringify({ payload: payload.replace(/"data":"/, '"data":"£') }), lambdas],
    ['a record without data', unjudged([]).key, `${unjudged([first]).body}{"attemptsMade":1}\n`, firehoses],
    ['a text that breaks off', unjudged([]).key, unjudged([first]).body.slice(0, -5), firehoses],
    ['nothing', unjudged([]).key, '', firehoses],
  ])('leaves an object of %s where it is, whole, and names it', async (_, key, body, reason) => {
    const good = { key: 'firehose/processing-failed/later', body: unjudged([second]).body };
    const { bucket, stream, stack } = memoryStack([{ key, body }, good]);

    const { exitCode, printed } = await run(stack);

    expect([exitCode, printed]).toEqual([2, `put back 1 object: 1 record, 1 line\n${key} stays: ${reason}\n`]);
    expect([bucket.get(key), stream.map(([text]) => text)]).toEqual([body, [second]]);
  });

  test('leaves an object that the stream does not take, and says why', async () => {
    const { bucket, stack } = memoryStack([unjudged([first])]);
    const put = () => Promise.reject(new NotTakenError(1, 'ProvisionedThroughputExceededException: Rate exceeded'));

    const { exitCode, printed } = await run({ ...stack, put });

    expect(exitCode).toBe(2);
    expect(printed).toContain('stays: the stream did not take 1 of its records: ProvisionedThroughputExceededException');
    expect([...bucket.keys()]).toEqual([unjudged([]).key]);
  });

  test('stopped by Ctrl-C ends behind the object under way', async () => {
    const stop = new AbortController();
    const { stream, stack } = memoryStack([givenUpBatch([[first, '17850']]), unjudged([second])]);
    const stopping = { ...stack, shelve: (key: string) => stack.shelve(key).finally(() => stop.abort()) };

    const { exitCode, printed } = await run(stopping, [], { interrupt: stop.signal });

    expect([exitCode, printed]).toEqual([130, 'put back 1 object: 1 record, 1 line\nstopped: the same command goes on\n']);
    expect(stream.map(([text]) => text)).toEqual([first]);
  });

  test('shows how far it is on a terminal only, and takes that away', async () => {
    const { stack } = memoryStack([unjudged([first])]);

    const { shown } = await run(stack, [], { isTTY: true });

    expect(shown).toBe('\r0 of 1 object  0 records\u001b[K\r\u001b[K');
  });

  test.each<[readonly string[], string]>([
    [['--data', 'a', '--outputs', 'b'], 'give --data or --outputs, not both; --help explains'],
    [['--fast'], '--fast: there is no option --fast, write one of --data, --outputs, --dry-run, --wait, --help; --help explains'],
    [
      ['aws/lambda/'],
      '"aws/lambda/" is too much: this takes options alone (--data, --outputs, --dry-run, --wait, --help); --help explains',
    ],
  ])('%j is answered in one line', async (args, advice) => {
    const { exitCode, shown } = await run(memoryStack([]).stack, args);

    expect([exitCode, shown]).toEqual([2, `ERROR: ${advice}\n`]);
  });

  test('explains itself', async () => {
    const { exitCode, printed } = await run(memoryStack([]).stack, ['--help']);

    expect(exitCode).toBe(0);
    expect(printed).toMatch(/^Puts back on the stream what was given up/);
    for (const text of printed.split('\n')) expect(text.length).toBeLessThanOrEqual(130);
  });
});
