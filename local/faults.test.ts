import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Faults } from './faults.ts';

type Effect = 'throttle' | 'unavailable';

function givenFaults(): Faults<Effect> {
  return new Faults<Effect>('shop', { Buy: ['throttle', 'unavailable'], Look: ['unavailable'] });
}

const effectsOf = (faults: Faults<Effect>, operation: string, calls: number) =>
  Array.from({ length: calls }, () => faults.take(operation)?.effect ?? 'none');

test('a rule wakes after some calls, strikes each n-th and rests after some strikes', () => {
  const faults = givenFaults();
  faults.set([{ operation: 'Buy', effect: 'throttle', after: 1, every: 2, times: 2 }]);

  const effects = effectsOf(faults, 'Buy', 8);

  expect(effects).toEqual(['none', 'none', 'throttle', 'none', 'throttle', 'none', 'none', 'none']);
  expect(faults.list()).toMatchObject([{ calls: 8, strikes: 2 }]);
});

test('a star means every operation that knows the effect, and no other', () => {
  const faults = givenFaults();
  faults.set([{ operation: '*', effect: 'throttle' }]);

  const [buy, look] = [effectsOf(faults, 'Buy', 1), effectsOf(faults, 'Look', 1)];

  expect([buy, look]).toEqual([['throttle'], ['none']]);
});

test('of two rules that are due the first strikes, and the other strikes at its next turn', () => {
  const faults = givenFaults();
  faults.set([
    { operation: 'Buy', effect: 'throttle', times: 1 },
    { operation: 'Buy', effect: 'unavailable', times: 1 },
  ]);

  const effects = effectsOf(faults, 'Buy', 3);

  expect(effects).toEqual(['throttle', 'unavailable', 'none']);
});

test.each([
  [{ effect: 'throttle' }, 'must be an array'],
  [[{ operation: 'Sell', effect: 'throttle' }], 'shop has no operation Sell: write * or one of Buy, Look'],
  [[{ operation: 'Look', effect: 'throttle' }], 'shop Look knows no effect throttle: write one of unavailable'],
  [[{ operation: '*', effect: 'melt' }], 'knows no effect melt: write one of throttle, unavailable'],
  [[{ operation: 'Buy', effect: 'throttle', every: 0 }], 'every must be a whole number, 1 or more: got 0'],
  [[{ operation: 'Buy', effect: 'throttle', often: 1 }], 'unknown field often'],
  [[{ operation: 'toString', effect: 'throttle' }], 'shop has no operation toString'],
])('a rule that could never strike is refused: %j', (rules, message) => {
  const faults = givenFaults();

  const set = () => faults.set(rules);

  expect(set).toThrow(message);
});

test('a fault that lasts has the length of its rule, and is over when the rules change', () => {
  const faults = new Faults<'sleep' | 'drop'>('shop', { Buy: ['sleep', 'drop'] }, { sleep: 'milliseconds', drop: 'statement' });
  faults.set([
    { operation: 'Buy', effect: 'sleep', milliseconds: 20, times: 1 },
    { operation: 'Buy', effect: 'drop', statement: 3 },
  ]);
  const [sleep, drop] = [faults.take('Buy'), faults.take('Buy')];

  const refused = () => faults.set([{ operation: 'Buy', effect: 'drop', milliseconds: 20 }]);

  expect([sleep, drop]).toMatchObject([{ milliseconds: 20 }, { statement: 3 }]);
  expect(refused).toThrow(
    'rule 0 has an unknown field milliseconds: write only operation, effect, times, every, after, statement',
  );
  expect(sleep?.removed.aborted).toBe(false);
  faults.clear();
  expect(sleep?.removed.aborted).toBe(true);
});

test('rules are put, listed with their counts and cleared over HTTP', async () => {
  const faults = givenFaults();
  const server = createServer((request, response) => void faults.serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/_faults`;
  const rule = { operation: 'Buy', effect: 'throttle' };

  const put = await fetch(url, { method: 'PUT', body: JSON.stringify([rule]) });
  faults.take('Buy');
  const listed: unknown = await (await fetch(url)).json();
  const refused = await fetch(url, { method: 'PUT', body: 'nonsense' });
  await fetch(url, { method: 'DELETE' });

  expect(put.status).toBe(200);
  expect(listed).toEqual([{ ...rule, calls: 1, strikes: 1 }]);
  expect([refused.status, await refused.json()]).toEqual([
    400,
    { __type: 'ValidationException', message: expect.stringContaining('not JSON') },
  ]);
  expect(faults.list()).toEqual([]);
});
