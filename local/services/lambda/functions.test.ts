// Slow: starts workers of functions, and lets them time out.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { functionOf, withFunction } from '../../testing/functions.ts';

describe('a function', () => {
  test('gets the event and the context, and its result comes back as JSON', async () => {
    const definition = functionOf(
      'export const handler = async (event, context) => ({ ...event, name: context.functionName, gone: undefined });',
    );

    const outcome = await withFunction(definition, (functions) => functions.invoke('greeter', { amount: 0 }));

    expect(outcome).toEqual({ payload: '{"amount":0,"name":"greeter"}', requestId: expect.any(String) as string });
  });

  test('finds its own variables and those of the machine, and nothing else of this process', async () => {
    process.env['SECRET_OF_THE_MACHINE'] = 'x';
    const definition = functionOf('export const handler = async () => process.env;', { environment: { TABLE: 'Customers' } });

    const { payload } = await withFunction(definition, (functions) => functions.invoke('greeter', {}), {
      AWS_REGION: 'us-east-1',
    });

    const variables = JSON.parse(payload) as Record<string, string>;
    expect(variables).toMatchObject({
      TABLE: 'Customers',
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'greeter',
      AWS_SESSION_TOKEN: 'local:arn:aws:iam::000000000000:role/greeter',
    });
    expect(variables).not.toHaveProperty('SECRET_OF_THE_MACHINE');
  });

  test('that throws fails with the name, the message and the trace', async () => {
    const definition = functionOf("export const handler = async () => { throw new RangeError('too much'); };");

    const { functionError, payload } = await withFunction(definition, (functions) => functions.invoke('greeter', {}));

    expect(functionError).toBe('Unhandled');
    expect(JSON.parse(payload)).toMatchObject({ errorType: 'RangeError', errorMessage: 'too much' });
    expect((JSON.parse(payload) as { trace: string[] }).trace[0]).toBe('RangeError: too much');
  });

  test('that takes too long is ended, and the next invocation begins in a new environment', async () => {
    const code =
      'let calls = 0; export const handler = (event) => { calls += 1; return event.hang ? new Promise(() => setInterval(() => {}, 9)) : calls; };';
    const definition = functionOf(code, { timeoutSeconds: 1 });

    const [late, next] = await withFunction(definition, async (functions) => [
      await functions.invoke('greeter', { hang: true }),
      await functions.invoke('greeter', {}),
    ]);

    expect(JSON.parse(late.payload)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${late.requestId} Error: Task timed out after 1.00 seconds`,
    });
    expect(next.payload).toBe('1');
  });

  test('that never yields is ended all the same', async () => {
    const definition = functionOf('export const handler = () => { for (;;); };', { timeoutSeconds: 1 });

    const { payload } = await withFunction(definition, (functions) => functions.invoke('greeter', {}));

    expect(JSON.parse(payload)).toMatchObject({ errorType: 'Sandbox.Timedout' });
  });

  test.each([
    ['exits', 'export const handler = () => process.exit(3);', { errorType: 'Runtime.ExitError' }],
    ['is not there', 'export const other = 1;', { errorType: 'Runtime.HandlerNotFound' }],
    ['cannot be loaded', "import './missing.mjs';", { errorType: 'Error' }],
    ['has syntax errors', 'export const handler = (', { errorType: 'SyntaxError' }],
    [
      'wants a callback',
      'export const handler = (event, context, done) => done();',
      { errorType: 'Runtime.CallbackHandlerDeprecated' },
    ],
    [
      'leaves a rejection behind',
      "export const handler = () => { Promise.reject(new Error('left')); return new Promise(() => {}); };",
      { errorMessage: 'left' },
    ],
    [
      'fills its memory',
      'export const handler = () => { const all = []; for (;;) all.push(new Array(1e5).fill(1.5)); };',
      { errorType: 'Runtime.ExitError' },
    ],
  ])('that %s fails as at AWS, and does not harm this process', async (_what, code, error) => {
    const outcome = await withFunction(functionOf(code), (functions) => functions.invoke('greeter', {}));

    expect(outcome.functionError).toBe('Unhandled');
    expect(JSON.parse(outcome.payload)).toMatchObject(error);
  });

  test('keeps its environment between invocations, and runs in several when it is busy', async () => {
    const code = `
      import { setTimeout } from 'node:timers/promises';
      import { threadId } from 'node:worker_threads';
      export const handler = async () => { await setTimeout(50); return threadId; };`;

    const [together, after] = await withFunction(functionOf(code), async (functions) => {
      const both = await Promise.all([functions.invoke('greeter', {}), functions.invoke('greeter', {})]);
      return [both.map(({ payload }) => payload), (await functions.invoke('greeter', {})).payload];
    });

    expect(new Set(together).size).toBe(2);
    expect(together).toContain(after);
  });

  test('with a reserved concurrency is throttled above it', async () => {
    const code = "import { setTimeout } from 'node:timers/promises'; export const handler = () => setTimeout(50);";
    const definition = functionOf(code, { reservedConcurrency: 1 });

    const outcomes = await withFunction(definition, (functions) =>
      Promise.allSettled([functions.invoke('greeter', {}), functions.invoke('greeter', {})]),
    );

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'TooManyRequestsException', statusCode: 429 } });
  });

  test('writes what it prints into its log, with time, request and level', async () => {
    const definition = functionOf("export const handler = () => { console.warn('almost %d', 3, { left: 1 }); };");

    const [log, requestId] = await withFunction(definition, async (functions, logs) => {
      const outcome = await functions.invoke('greeter', {});
      await functions.close();
      return [readFileSync(join(logs, 'greeter.log'), 'utf8'), outcome.requestId];
    });

    expect(log).toMatch(new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\t${requestId}\\tWARN\\talmost 3 \\{ left: 1 \\}\\n`));
    expect(log).toMatch(new RegExp(`\\t${requestId}\\tREPORT\\tDuration: [\\d.]+ ms\\n$`));
  });

  test('that is not there is refused with the names of those that are', async () => {
    const attempt = withFunction(functionOf(''), (functions) =>
      functions.invoke('arn:aws:lambda:us-east-1:000000000000:function:other', {}),
    );

    await expect(attempt).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: expect.stringContaining('greeter') as string,
    });
  });
});

describe('on demand', () => {
  /** Calls an endpoint three times in a row, and says so. */
  const caller = functionOf(`
    import { get } from 'node:http';
    const call = (path) => new Promise((resolve, reject) => get(process.env.ENDPOINT + path, (response) => response.resume().on('end', resolve)).on('error', reject));
    export const handler = async () => { for (const path of ['/1', '/2', '/3']) await call(path); return 'done'; };`);

  async function callsUnder(effect: string, invocations: number): Promise<{ calls: string[][]; results: string[] }> {
    const calls: string[][] = [];
    const server = createServer((request, response) => {
      calls.at(-1)?.push(request.url ?? '');
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const results = await withFunction(
      caller,
      async (functions) => {
        functions.faults.set([{ operation: 'greeter', effect }]);
        const payloads: string[] = [];
        for (let count = 0; count < invocations; count += 1) {
          calls.push([]);
          payloads.push((await functions.invoke('greeter', {})).payload);
        }
        return payloads;
      },
      { ENDPOINT: endpoint },
    );
    server.close();
    return { calls, results };
  }
  const killed = expect.stringContaining('signal: killed') as string;

  test('a function dies one call later each time, until it has no more calls to die at', async () => {
    const { calls, results } = await callsUnder('crash-during', 4);

    expect(calls).toEqual([['/1'], ['/1', '/2'], ['/1', '/2', '/3'], ['/1', '/2', '/3']]);
    expect(results).toEqual([killed, killed, killed, '"done"']);
  });

  test('a function dies before it has done anything', async () => {
    const { calls, results } = await callsUnder('crash-before', 2);

    expect(calls).toEqual([[], []]);
    expect(results).toEqual([killed, killed]);
  });

  test('a function does everything, and its response is lost', async () => {
    const { calls, results } = await callsUnder('crash-after', 1);

    expect(calls).toEqual([['/1', '/2', '/3']]);
    expect(results).toEqual([killed]);
  });

  test('a function fails without having run', async () => {
    const { calls, results } = await callsUnder('throw', 1);

    expect(calls).toEqual([[]]);
    expect(results).toEqual(['{"errorType":"Error","errorMessage":"fault throw"}']);
  });
});
