import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sparkIsMissing } from '@tillgraph/local-aws/testing/spark';
import type { Aws } from '../../infra/confirm/aws.ts';
import { doorsTakeLines, storesAgree } from '../../infra/confirm/stage/checks.ts';
import type { StagePlace } from '../../infra/confirm/stage/place.ts';
import { openShop } from '../../infra/confirm/stage/shop.ts';
import { connectionFrom } from '../../sdk/index.ts';
import { newDirectory, removeDirectory, startStack, type Stack } from '../support/stack.ts';

const missing = await sparkIsMissing();
if (missing !== undefined) console.warn(`NOT TESTED: the checks of confirm -- stage, because of this: ${missing}`);

/** Five minutes of Firehose are half a second. */
const FAST = ['--time-factor', '600'];

/** The calls that these checks make, on a local stack. */
function localDoor({ outputs }: Stack): { readonly aws: Aws; close(): void } {
  const { region, credentials, endpoints } = outputs;
  const at = (service: string) => ({ region, credentials, endpoint: endpoints[service] ?? '' });
  const [s3, tables, dataApi] = [
    new S3Client(at('s3')),
    new DynamoDBClient(at('dynamodb')),
    new RedshiftDataClient(at('redshift-data')),
  ];
  const calls: Readonly<Partial<Record<string, (input: never) => Promise<unknown>>>> = {
    'dynamodb:Scan': (input) => tables.send(new ScanCommand(input)),
    's3:GetObject': (input) => s3.send(new GetObjectCommand(input)),
    's3:ListObjectsV2': (input) => s3.send(new ListObjectsV2Command(input)),
    's3:PutObject': (input) => s3.send(new PutObjectCommand(input)),
    'redshift-data:BatchExecuteStatement': (input) => dataApi.send(new BatchExecuteStatementCommand(input)),
    'redshift-data:DescribeStatement': (input) => dataApi.send(new DescribeStatementCommand(input)),
    'redshift-data:GetStatementResult': (input) => dataApi.send(new GetStatementResultCommand(input)),
  };
  return {
    aws: ((name: string, input: never) =>
      calls[name]?.(input) ?? Promise.reject(new Error(`nobody answers ${name}`))) as unknown as Aws,
    close() {
      for (const client of [s3, tables, dataApi]) client.destroy();
    },
  };
}

describe.runIf(missing === undefined)('the checks of confirm -- stage, on the local stack', () => {
  const directory = newDirectory();
  let stack: Stack;
  let door: ReturnType<typeof localDoor>;
  let place: StagePlace;
  const phases: string[] = [];

  beforeAll(async () => {
    stack = await startStack(directory, FAST);
    door = localDoor(stack);
    const outputs = { ...stack.outputs.stack, RestUrl: stack.outputs.restUrl };
    place = {
      deployed: async () => 0,
      takenDown: () => Promise.reject(new Error('it is not the kit’s')),
      shop: openShop({ aws: door.aws, outputs, connection: connectionFrom(stack.outputs) }),
      // What is waited for takes a fraction of its time here.
      wait: (milliseconds) => pause(milliseconds / 60),
      now: Date.now,
      phase: (text) => phases.push(text),
    };
  });

  afterAll(async () => {
    door.close();
    await stack.stop();
    removeDirectory(directory);
  });

  test('both doors take the lines of the kit', async () => {
    expect(await doorsTakeLines(place)).toEqual({
      holds: true,
      seen: 'The GraphQL API took 50 lines, the HTTP door 50.',
    });
  });

  test('what was sent twice and imported once is in every store, each line once', async () => {
    const seen = await storesAgree(place);

    expect(seen.seen).toMatch(/ the tables and raw\/ held 100 lines, .*, the warehouse 120 lines, .*, curated\/ 20 lines, /);
    expect(seen.holds).toBe(true);
    // Before all had come, it was told what was missing.
    expect(phases.filter((text) => text.startsWith('waiting: ')).join('\n')).toContain('curated has 0 lines');
  });
});
