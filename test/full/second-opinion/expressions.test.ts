import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCAL, temporaryDirectory } from '@tillgraph/local-aws/testing/remote';
import { startDynamoDb } from '@tillgraph/local-aws';
import { installPythonPackage } from '../../support/python-package.ts';
import { round } from './expression-calls.ts';
import { EXPRESSION_JUDGEMENTS } from './expression-judgements.ts';
import { Trial } from './judges.ts';
import { MOTO, motoOf } from './moto.ts';
import { startForeignServer } from './server-process.ts';
import { DynamoDbServer } from './servers.ts';

// Expressions made at random, on items made at random, go to the stand-in and to moto: each finds the item as it was given.

const installed = await installPythonPackage(MOTO);
if ('missing' in installed) console.warn(`SKIPPED: nobody judges the expressions of DynamoDB: ${installed.missing}`);
const python = 'python' in installed ? installed.python : '';

describe.skipIf(python === '')('judged by moto', () => {
  const closers: (() => PromiseLike<void>)[] = [];
  let local: DynamoDbServer;
  let moto: DynamoDbServer;

  beforeAll(async () => {
    const directory = await temporaryDirectory();
    closers.push(() => directory[Symbol.asyncDispose]());
    const foreign = await startForeignServer(motoOf(python));
    closers.push(() => foreign.close());
    const service = await startDynamoDb({ ...LOCAL, directory: directory.path, port: 0, log: console.error });
    closers.push(() => service.close());
    [local, moto] = [new DynamoDbServer('local', service.url), new DynamoDbServer('moto', foreign.url)];
    for (const server of [local, moto]) {
      closers.push(async () => {
        server.close();
        await Promise.resolve();
      });
      await server.begin(0);
    }
  });

  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  test('expressions come to the same, but for what is known and judged', async () => {
    const trial = new Trial(EXPRESSION_JUDGEMENTS);
    // A seed of its own: which differences come up must not depend on what else is tried.
    for (const calls of fc.sample(round, { seed: 2011, numRuns: 900 })) await trial.run(calls, local, [moto]);

    expect(trial.comparisons).toBeGreaterThan(2000);
    expect(trial.news()).toEqual({ unknown: [], gone: [] });
  });
});
