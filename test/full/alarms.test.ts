import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deliveries, sign } from '@tillgraph/local-aws';
import {
  systemClock,
  DataDirectory,
  startEarlyServices,
  startStack,
  readAssembly,
  type RunningStack,
} from '@tillgraph/local-aws/testing/stack';
import { setFaults } from '../support/faults.ts';
import { line } from '../support/lines.ts';
import { newDirectory, removeDirectory } from '../support/stack.ts';
import { sent } from '../support/stream-answers.ts';

/** In which phase of the faults below each alarm has to go off, or why it cannot here. */
const EXPECTED: Readonly<Record<string, 'stores' | 'list' | 'delivery' | 'age' | 'year' | { readonly impossible: string }>> = {
  ApiFails: 'stores',
  ApiRefuses: 'stores',
  ApiSlow: 'stores',
  ApiKeyEnds: 'year',
  DoorErrors: 'stores',
  DoorThrottles: 'stores',
  DoorSlow: 'stores',
  StreamFull: 'stores',
  StreamUnread: 'age',
  RawWriterErrors: 'stores',
  RawWriterThrottles: 'stores',
  RawWriterSlow: 'stores',
  RawWriterLag: 'age',
  RawWriterGaveUp: 'age',
  StoreWriterErrors: 'stores',
  StoreWriterThrottles: 'stores',
  StoreWriterSlow: 'delivery',
  StoreWriterLag: 'age',
  StoreWriterGaveUp: 'age',
  LinesRefused: 'delivery',
  TablesThrottled: 'stores',
  DeliveryBehind: 'age',
  DeliveryLate: 'age',
  CopiesFail: 'delivery',
  CopiesGivenUp: 'delivery',
  DeliveryJudgeErrors: 'stores',
  DeliveryJudgeThrottles: 'stores',
  DeliveryJudgeSlow: 'stores',
  DeliveryUnjudged: 'stores',
  LoaderErrors: 'stores',
  LoaderProblems: 'list',
  LoaderSlow: 'delivery',
  AnswersStale: 'stores',
  EventsUndelivered: { impossible: 'events that reached no target are tried again here, and put into no queue' },
  WarehouseLimit: { impossible: 'this machine has no RPU-hours to count' },
  QuestionsFail: 'stores',
  ImportNotStarted: 'delivery',
  ImportsRefused: 'list',
};

const HOUR = 3_600_000;
/** Of CloudWatch's minutes, in a second of the test. */
const MINUTES_PER_SECOND = 2;
/** Until when an alarm must have gone off, or be over: on a machine with nothing else to do it takes a tenth of it. @unit s */
const PATIENCE = 180;
const directory = newDirectory();
const printed: string[] = [];
/** How far ahead the alarms' clock is. @unit ms */
let ahead = 0;
/** How far ahead the clock of the stream and its readers is. @unit ms */
let later = 0;
let stack: RunningStack;
let data: DataDirectory;
let kinesis: KinesisClient;
let s3: S3Client;

interface Page {
  readonly name: string;
  readonly severity: string | null;
  readonly state: string;
  readonly reason: string;
  readonly meaning: string;
  readonly runbook: string | null;
}

const shortName = (name: string) => name.replace('tillgraph-dev-', '');
const endpoint = (service: string) => stack.outputs.endpoints[service] ?? '';
const alarms = async () => (await (await fetch(`${endpoint('monitoring')}/_alarms`)).json()) as Page[];
const inState = async (state: string) =>
  (await alarms()).filter((alarm) => alarm.state === state).map(({ name }) => shortName(name));
const functionsOf = async () => {
  const { message } = (await (
    await fetch(`${endpoint('lambda')}/_faults`, { method: 'PUT', body: '[{"operation":"?"}]' })
  ).json()) as {
    message: string;
  };
  return (part: string) => new RegExp(`[\\w-]*${part}[\\w-]*`).exec(message)?.[0] ?? part;
};

beforeAll(async () => {
  data = await DataDirectory.open(directory, { fresh: true });
  const options = {
    directory: data,
    accountId: '000000000000',
    region: 'us-east-1',
    port: 0,
    timeFactor: 3_000,
    alarmFactor: MINUTES_PER_SECOND * 60,
    streamClock: { ...systemClock, now: () => Date.now() + later },
    alarmClock: { ...systemClock, now: () => Date.now() + ahead },
    log: (text: string) => printed.push(text),
  };
  const assembly = readAssembly(join(import.meta.dirname, '..', '..', 'cdk.out'));
  stack = await startStack(assembly, await startEarlyServices(options, assembly), options);
  const common = { region: stack.outputs.region, credentials: stack.outputs.credentials, requestHandler: new NodeHttpHandler() };
  kinesis = new KinesisClient({ ...common, endpoint: endpoint('kinesis') });
  s3 = new S3Client({ ...common, endpoint: endpoint('s3'), forcePathStyle: true });
});

afterAll(async () => {
  kinesis.destroy();
  s3.destroy();
  await stack.close();
  data.close();
  removeDirectory(directory);
});

let invoices = 600_000;

async function sendByDoor(): Promise<void> {
  const url = `${stack.outputs.restUrl ?? ''}/transactions`;
  const body = JSON.stringify(sent(line({ invoiceNo: String((invoices += 1)) })));
  const headers = { 'content-type': 'application/json' };
  const { region, credentials } = stack.outputs;
  const { host: _host, ...signed } = sign({ method: 'POST', url, headers, body, credentials, region, service: 'execute-api' });
  await (await fetch(url, { method: 'POST', headers: { ...headers, ...signed }, body })).text();
}

async function ask(query: string, key = stack.outputs.apiKey ?? ''): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-api-key': key };
  const answer = await fetch(stack.outputs.graphqlUrl ?? '', { method: 'POST', headers, body: JSON.stringify({ query }) });
  await answer.text();
}

async function putOnStream(
  text = JSON.stringify(line({ invoiceNo: String((invoices += 1)), sentAt: Date.now() })),
): Promise<void> {
  const Data = Buffer.from(`${text}\n`);
  await kinesis.send(new PutRecordCommand({ StreamName: stack.outputs.stack['StreamName'], PartitionKey: 'a', Data }));
}

/** How far Firehose is. */
async function delivery() {
  const [first] = await deliveries(stack.outputs);
  if (first === undefined) throw new Error('the stack has no delivery stream');
  return first;
}

const putObject = (Key: string, Body: string) =>
  s3.send(new PutObjectCommand({ Bucket: stack.outputs.stack['BucketName'], Key, Body }));

/** Do it again and again until these alarms have rung. @returns those that have not when the time is over */
async function until(names: readonly string[], acts: readonly (() => Promise<unknown>)[]): Promise<string[]> {
  const rung = new Set<string>();
  const end = Date.now() + PATIENCE * 1000;
  const isOver = () => Date.now() > end || names.every((name) => rung.has(name));
  const again = async (act: () => Promise<unknown>) => {
    while (!isOver()) await Promise.all([act().catch(() => undefined), pause(30)]);
  };
  const watch = async () => {
    for (const name of await inState('ALARM')) rung.add(name);
  };
  await Promise.all([watch, ...acts].map(again));
  return names.filter((name) => !rung.has(name));
}

/** @returns what still rings when the time is over */
async function untilOver(): Promise<string[]> {
  const end = Date.now() + PATIENCE * 1000;
  for (;;) {
    const ringing = (await alarms()).filter(({ state }) => state === 'ALARM');
    if (ringing.length === 0 || Date.now() > end) return ringing.map(({ name, reason }) => `${shortName(name)}: ${reason}`);
    await pause(200);
  }
}

const expectedIn = (phase: string) => Object.entries(EXPECTED).flatMap(([name, where]) => (where === phase ? [name] : []));
const SERVICES = ['lambda', 'kinesis', 'dynamodb', 's3', 'redshift-data', 'firehose'];

async function clearFaults(): Promise<void> {
  for (const service of SERVICES) await setFaults(endpoint(service), []);
  await setFaults(new URL(stack.outputs.graphqlUrl ?? '').origin, []);
}

test('each alarm of the template has a fault here, or a reason why it cannot have one', async () => {
  const all = await alarms();

  expect(all.map(({ name }) => shortName(name)).sort()).toEqual(Object.keys(EXPECTED).sort());
  for (const { name, state, reason, severity, runbook } of all) {
    const expected = EXPECTED[shortName(name)];
    expect([severity, runbook]).toEqual([
      expect.stringMatching(/^(critical|warning)$/),
      expect.stringMatching(/^docs\/runbook\.md#\w+$/),
    ]);
    expect(state === 'NOT_KNOWN_LOCALLY' ? reason : undefined).toBe(
      typeof expected === 'object' ? expected.impossible : undefined,
    );
  }
});

test('none rings on a new stack, with its first lines, or when nothing comes any more', async () => {
  for (let count = 0; count < 30; count += 1) await Promise.all([sendByDoor(), ask('{ sales(groupBy: [MONTH]) { status } }')]);
  // As long as the longest of them looks back: five times fifteen minutes, and their warming up.
  await pause((80 / MINUTES_PER_SECOND) * 1000);

  expect(await inState('ALARM')).toEqual([]);
  expect(await inState('INSUFFICIENT_DATA')).toEqual([]);
  expect(printed.filter((text) => text.startsWith('ALARM'))).toEqual([]);
});

describe('every alarm goes off under its fault, and is over when the fault is:', () => {
  test('functions that fail, throttle and are slow, a full stream, tables and an API that refuse', async () => {
    const named = await functionsOf();
    await setFaults(endpoint('lambda'), [
      { operation: named('LoaderFunction'), effect: 'throw' },
      // It never runs: it would wait for the tables, longer than the alarms' minutes are here.
      { operation: named('StoreWriterFunction'), effect: 'throw', every: 2 },
      { operation: named('StoreWriterFunction'), effect: 'throttle' },
      ...['DoorFunction', 'RawWriterFunction', 'JudgeFunction'].map(named).flatMap((operation) => [
        { operation, effect: 'throw', every: 3 },
        { operation, effect: 'throttle', every: 2 },
        { operation, effect: 'slow', milliseconds: 900_000 },
      ]),
    ]);
    await setFaults(endpoint('kinesis'), [{ operation: '*', effect: 'throttle', every: 2 }]);
    await setFaults(endpoint('dynamodb'), [{ operation: '*', effect: 'throttle', every: 2 }]);
    await setFaults(endpoint('redshift-data'), [{ operation: 'ExecuteStatement', effect: 'fail' }]);
    await setFaults(endpoint('firehose'), [{ operation: 'Transform', effect: 'fail-after' }]);
    await setFaults(new URL(stack.outputs.graphqlUrl ?? '').origin, [
      { operation: 'graphql', effect: 'unavailable', every: 4 },
      { operation: 'graphql', effect: 'slow', milliseconds: 1_100, every: 2 },
    ]);
    const question = () => ask(`{ sales(groupBy: [MONTH, PRODUCT], limit: ${String(1 + ((invoices += 1) % 900))}) { status } }`);

    const acts = [
      sendByDoor,
      sendByDoor,
      () => putOnStream(),
      () => ask('{ a }', 'da2-no-key'),
      () => ask('{ invoice(invoiceNo: "600001") { invoiceNo } }'),
    ];

    const silent = await until(expectedIn('stores'), [...acts, ...new Array<typeof question>(8).fill(question)]);
    await clearFaults();

    expect(silent).toEqual([]);
    expect(await untilOver()).toEqual([]);
  });

  test('a list of imported lines that the warehouse cannot take', async () => {
    await putObject("import/manifests/it's none.json", '{}');

    expect(await until(expectedIn('list'), [])).toEqual([]);
    expect(await untilOver()).toEqual([]);
  });

  test('a warehouse that refuses copies, a slow loader, lines and files that nobody can read', async () => {
    const named = await functionsOf();
    await setFaults(endpoint('lambda'), [
      { operation: named('StarterFunction'), effect: 'throw' },
      { operation: named('LoaderFunction'), effect: 'slow', milliseconds: 800_000 },
      { operation: named('StoreWriterFunction'), effect: 'slow', milliseconds: 110_000 },
    ]);
    await setFaults(endpoint('firehose'), [{ operation: 'Copy', effect: 'fail' }]);
    await putObject('bulk/shop.csv', 'nothing\n');

    const silent = await until(expectedIn('delivery'), [() => putOnStream('no line at all'), () => putOnStream()]);
    await clearFaults();

    expect(silent).toEqual([]);
    expect(await untilOver()).toEqual([]);
  });

  test('records that waited too long, in the stream and in Firehose', async () => {
    await setFaults(endpoint('firehose'), [{ operation: 'PutObject', effect: 'fail' }]);
    await putOnStream();
    while ((await delivery()).buffered.records === 0) await pause(50);
    await setFaults(endpoint('lambda'), [{ operation: '*', effect: 'throttle' }]);
    // Firehose reads on until its judge has two batches, and then leaves all that comes.
    while ((await delivery()).unread.records < 10) await putOnStream();
    const givenUp = expectedIn('age').filter((name) => name.endsWith('GaveUp'));
    later = 13 * HOUR;

    const silent = await until(
      expectedIn('age').filter((name) => !givenUp.includes(name)),
      [],
    );
    later = 21 * HOUR;
    silent.push(...(await until(givenUp, [])));
    later = 0;
    await clearFaults();

    expect(silent).toEqual([]);
    expect(await untilOver()).toEqual([]);
  });

  test('a key that ends in less than thirty days', async () => {
    const description = (await alarms()).find(({ name }) => shortName(name) === 'ApiKeyEnds')?.meaning ?? '';
    const end = Date.parse(/\d{4}-\d\d-\d\d/.exec(description)?.[0] ?? '');
    ahead = end - 29 * 24 * HOUR - Date.now();

    const silent = await until(expectedIn('year'), [() => ask('{ sales(groupBy: [MONTH]) { status } }')]);
    ahead = 0;

    expect(silent).toEqual([]);
    expect(await untilOver()).toEqual([]);
  });

  test('and the screen shows one line for each that goes off and for each that is over', () => {
    const changes = printed.filter((text) => /^(ALARM|OK) tillgraph-dev-/.test(text));
    for (const name of Object.keys(EXPECTED).filter((one) => typeof EXPECTED[one] === 'string')) {
      const ofThis = changes
        .filter((text) => new RegExp(`^(ALARM|OK) tillgraph-dev-${name}:`).test(text))
        .map((text) => text.split(' ')[0]);
      expect(ofThis.slice(0, 2), name).toEqual(['ALARM', 'OK']);
    }
  });
});
