import { describe, expect, test } from 'vitest';
import { readFilterPattern } from './filter-pattern.ts';

const matches = (pattern: string, line: unknown) =>
  readFilterPattern(pattern, 'metric filter F')(typeof line === 'string' ? line : JSON.stringify(line));

/** A line as Lambda writes it when a function with logs in JSON logs an object. */
const line = {
  timestamp: '2026-11-30T09:00:00.000Z',
  level: 'ERROR',
  requestId: '8286a188-ba32-4475-8077-530cd35c09a9',
  message: { outcome: 'settled', rows: 12, share: 0.5, problems: [{ file: 'a.json' }], late: null, fine: false },
};

describe('conditions on a line in JSON', () => {
  test.each([
    ['{ $.level = "ERROR" }', true],
    ['{ $.level = ERROR }', true],
    ['{ $.level != "ERROR" }', false],
    ['{ ($.level = "ERROR") && ($.message.outcome != "failed") }', true],
    ['{ ($.message.outcome = "idle") || ($.message.outcome = "settled") }', true],
    ['{ $.level = "INFO" || $.level = "WARN" && $.message.rows = 12 }', false],
    ['{ $.message.outcome = "set*" }', true],
    ['{ $.message.outcome = *led }', true],
    ['{ $.message.outcome = "s.ttled" }', false],
    ['{ $.message.rows > 11 }', true],
    ['{ $.message.rows >= 12 && $.message.share < 0.75 }', true],
    ['{ $.message.rows = 1.2e1 }', true],
    ['{ $.message.outcome > 1 }', false],
    ['{ $.message.problems[0].file = "a.json" }', true],
    ['{ $.message.problems[1].file = "*" }', false],
    ['{ $.message.late IS NULL }', true],
    ['{ $.message.fine IS FALSE }', true],
    ['{ $.message.fine IS TRUE }', false],
    ['{ $.message.nothing NOT EXISTS }', true],
    ['{ $.message.late NOT EXISTS }', false],
    ['{ $.message.nothing = "*" }', false],
    ['{ $.message.nothing != "failed" }', false],
    ['{ $.message = "*" }', false],
  ])('%s: %j', (pattern, expected) => {
    expect(matches(pattern, line)).toBe(expected);
  });

  test('are about lines in JSON alone', () => {
    expect(matches('{ $.level NOT EXISTS }', 'START RequestId: 8286a188')).toBe(false);
    expect(matches('{ $.level = "ERROR" }', '{ "level": "ERROR"')).toBe(false);
  });
});

describe('terms', () => {
  const text = '2026-11-30T09:00:00.000Z\t8286a188\tERROR\tthe table refuses 12 requests';
  test.each([
    ['', true],
    ['ERROR', true],
    ['error', false],
    ['ERROR table', true],
    ['ERROR bucket', false],
    ['"the table refuses"', true],
    ['ERROR -requests', false],
    ['?bucket ?table', true],
    ['?bucket ?stream', false],
  ])('%j: %j', (pattern, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });
});

test.each([
  ['[ip, user, status = 5*]', 'patterns of lines with spaces between their fields are not known here'],
  ['{ $.level = %ERR.*% }', 'regular expressions are not known here'],
  ['{ $.level = "ERROR"', '"}" is missing at its end'],
  ['{ ($.level = "ERROR" }', '")" is missing'],
  ['{ level = "ERROR" }', 'a condition begins with a selector'],
  ['{ $.level EXISTS twice }', '"EXISTS twice" is not known here'],
  ['{ $.level < "b" }', '< compares numbers'],
  ['{ $.list[*] = 1 }', '"[*] =" is not known here'],
  ['error-code', 'has characters that need quotation marks'],
])('%s is refused by name', (pattern, why) => {
  const read = () => readFilterPattern(pattern, 'metric filter F');

  expect(read).toThrow(why);
  expect(read).toThrow(`metric filter F: the filter pattern ${pattern} cannot be evaluated`);
});
