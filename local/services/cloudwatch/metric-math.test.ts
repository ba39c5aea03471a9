import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMetricMath } from './metric-math.ts';

const given = new Map<string, readonly (number | undefined)[]>([
  ['errors', [1, undefined, 3, 0]],
  ['requests', [10, 20, undefined, 0]],
  ['both', [0, 1, undefined, 5]],
]);
const evaluate = (expression: string) => readMetricMath(expression, 'alarm A').evaluate(given, [60, 120, 180, 240]);

test.each<[string, readonly (number | undefined)[]]>([
  ['errors', [1, undefined, 3, 0]],
  ['FILL(errors, 0) + FILL(requests, 0)', [11, 20, 3, 0]],
  ['100 * errors / requests', [10, undefined, undefined, undefined]],
  ['1 - errors', [0, undefined, -2, 1]],
  ['FILL(requests, REPEAT)', [10, 20, 20, 0]],
  ['IF(errors > 0, 5, 7)', [5, undefined, 5, 7]],
  ['IF(errors > 0, requests)', [10, undefined, undefined, undefined]],
  ['IF(both, 1, 0)', [0, 1, undefined, 1]],
  ['SUM(METRICS())', [11, 21, 3, 5]],
  ['MAX(METRICS("r"))', [10, 20, 3, 0]],
  ['MAX([FILL(errors, 0), requests])', [10, 20, 3, 0]],
  ['MAX(errors)', [3, 3, 3, 3]],
  ['EPOCH(errors)', [60, undefined, 180, 240]],
  ['EPOCH(FILL(errors, 0))', [60, 120, 180, 240]],
  ['errors > 0 AND requests > 5', [1, undefined, undefined, 0]],
  ['2 + 3 * 2 ^ 2 - -1', [15, 15, 15, 15]],
])('%s', (expression, expected) => {
  expect(evaluate(expression)).toEqual(expected);
});

test.each([
  ['ANOMALY_DETECTION_BAND(errors, 2)', 'ANOMALY_DETECTION_BAND with 2 arguments is not known here'],
  ['FILL(errors, LINEAR)', 'FILL with LINEAR is not known here'],
  ['errors +', 'it ends too early'],
  ['errors % 2', '"% 2" is not understood'],
  ['errors requests', '"requests" was not expected'],
  ['Errors + 1', '"Errors" is not understood'],
])('%s is refused by name', (expression, why) => {
  expect(() => readMetricMath(expression, 'alarm A')).toThrow(
    `alarm A: the expression ${expression} cannot be evaluated: ${why}`,
  );
});

test('several series are no alarm, and the error says so', () => {
  expect(() => evaluate('METRICS()')).toThrow('METRICS() gives several series: an alarm needs one');
});

test('sums and products of series are those of their points, and nothing where one lacks', () => {
  const series = fc.array(fc.option(fc.integer({ min: -50, max: 50 }), { nil: undefined }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(series, series, (one, other) => {
      const found = readMetricMath('a * 2 + FILL(b, 1) / a', 'alarm A').evaluate(
        new Map([
          ['a', one],
          ['b', other],
        ]),
      );

      const expected = one.map((a, index) => (a === undefined || a === 0 ? undefined : a * 2 + (other[index] ?? 1) / a));
      expect(found).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});
