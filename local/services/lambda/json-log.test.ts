// Slow: starts a worker for each form of a log.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LogLevel } from './definition.ts';
import { functionOf, withFunction } from '../../testing/functions.ts';

/** The lines that a function leaves in its log, whose handler is this. */
async function linesOf(
  body: string,
  level: LogLevel = 'INFO',
  changes: Parameters<typeof functionOf>[1] = {},
): Promise<unknown[]> {
  const definition = functionOf(`export const handler = async () => { ${body} };`, {
    logging: { format: 'JSON', level },
    ...changes,
  });
  const log = await withFunction(definition, async (functions, logs) => {
    await functions.invoke('greeter', {});
    await functions.close();
    return readFileSync(join(logs, 'greeter.log'), 'utf8');
  });
  return log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
const requestId = expect.stringMatching(/^[\da-f-]{36}$/) as string;
const stackTrace = expect.arrayContaining([expect.stringContaining('at ')]) as string[];
const report = (record: object) => ({
  time,
  type: 'platform.report',
  record: { requestId, metrics: { durationMs: expect.any(Number) as number }, ...record },
});

// As AWS's own runtime interface client writes them.
describe('the log of a function that logs in JSON', () => {
  test.each<[string, string, object]>([
    ['a text', `console.log('{"outcome":"settled"}')`, { level: 'INFO', message: '{"outcome":"settled"}' }],
    ['an object', `console.warn({ outcome: 'settled', n: 1 })`, { level: 'WARN', message: { outcome: 'settled', n: 1 } }],
    ['several values', `console.info('%d of', 3, { left: 1 })`, { level: 'INFO', message: '3 of { left: 1 }' }],
    [
      'an error',
      `console.error(Object.assign(new RangeError('too far'), { code: 'FAR' }))`,
      { level: 'ERROR', message: { errorType: 'RangeError', errorMessage: 'too far', stackTrace, code: 'FAR' } },
    ],
    [
      'an error behind a text',
      `console.error('it broke', new TypeError('no'))`,
      {
        level: 'ERROR',
        message: expect.stringMatching(/^it broke TypeError: no\n/) as string,
        ...{ errorType: 'TypeError', errorMessage: 'no', stackTrace },
      },
    ],
    [
      'what is no JSON',
      `const ring = {}; ring.ring = ring; console.log(ring)`,
      { level: 'INFO', message: expect.stringContaining('[Circular') as string },
    ],
  ])('has %s as one line', async (_, body, line) => {
    expect(await linesOf(body)).toEqual([{ timestamp: time, requestId, ...line }, report({ status: 'success' })]);
  });

  test('has an error that ends the invocation, and how it ended', async () => {
    expect(await linesOf(`throw new RangeError('too far')`)).toEqual([
      { timestamp: time, requestId, level: 'ERROR', message: { errorType: 'RangeError', errorMessage: 'too far', stackTrace } },
      report({ status: 'error', errorType: 'RangeError' }),
    ]);
  });

  test('says of a function whose time is over that it was', async () => {
    expect(await linesOf('await new Promise((resolve) => setTimeout(resolve, 60_000))', 'INFO', { timeoutSeconds: 1 })).toEqual([
      report({ status: 'timeout' }),
    ]);
  });

  test.each<[LogLevel, readonly string[]]>([
    ['TRACE', ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR']],
    ['INFO', ['INFO', 'WARN', 'ERROR']],
    ['ERROR', ['ERROR']],
  ])('has with the level %s what is not less', async (level, expected) => {
    const lines = await linesOf(`for (const level of ['trace', 'debug', 'log', 'warn', 'error']) console[level](level)`, level);

    expect(lines.slice(0, -1).map((line) => (line as { level: string }).level)).toEqual(expected);
  });
});
