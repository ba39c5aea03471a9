import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCAL, temporaryDirectory } from '@tillgraph/local-aws/testing/remote';
import { startDynamoDb } from '@tillgraph/local-aws';
import { installPythonPackage } from '../../support/python-package.ts';
import { dynamoDbCall } from './dynamodb-calls.ts';
import { DYNAMODB_JUDGEMENTS } from './dynamodb-judgements.ts';
import { Trial } from './judges.ts';
import { MINISTACK, ministackOf } from './ministack.ts';
import { MOTO, motoOf } from './moto.ts';
import { startForeignServer, type ForeignServer } from './server-process.ts';
import { DynamoDbServer } from './servers.ts';

// The same calls, made at random, go to the local stand-ins and to two emulators that nobody here wrote.

const installed = await Promise.all([MINISTACK, MOTO].map(installPythonPackage));
const missing = installed.flatMap((one) => ('missing' in one ? one.missing : []));
if (missing.length > 0) console.warn(`SKIPPED: nobody judges the stand-ins: ${missing.join('; ')}`);
const [ministackPython = '', motoPython = ''] = installed.map((one) => ('python' in one ? one.python : ''));

describe.skipIf(missing.length > 0)('judged by moto and ministack', () => {
  const closers: (() => PromiseLike<void>)[] = [];
  let ministack: ForeignServer;
  let moto: ForeignServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    closers.push(() => directory[Symbol.asyncDispose]());
    ministack = await startForeignServer(ministackOf(ministackPython));
    closers.push(() => ministack.close());
    moto = await startForeignServer(motoOf(motoPython));
    closers.push(() => moto.close());
  });

  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  test('DynamoDB answers what others answer, but for what is known and judged', async () => {
    const service = await startDynamoDb({ ...LOCAL, directory: `${directory.path}/dynamodb`, port: 0, log: console.error });
    const local = new DynamoDbServer('local', service.url);
    const judges = [new DynamoDbServer('moto', moto.url), new DynamoDbServer('ministack', ministack.url)];
    try {
      const trial = new Trial(DYNAMODB_JUDGEMENTS);
      // A seed of its own: which differences come up must not depend on what else is tried.
      const sequences = fc.sample(fc.array(dynamoDbCall, { minLength: 30, maxLength: 30 }), { seed: 2011, numRuns: 28 });
      for (const [number, calls] of sequences.entries()) {
        for (const server of [local, ...judges]) await server.begin(number);
        await trial.run(calls, local, judges);
      }

      expect(trial.comparisons).toBeGreaterThan(800);
      expect(trial.news()).toEqual({ unknown: [], gone: [] });
    } finally {
      for (const server of [local, ...judges]) server.close();
      await service.close();
    }
  });
});
