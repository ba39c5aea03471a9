import { describe, expect, test } from 'vitest';
import { AWS_SCALARS } from './scalars.ts';
import { ResolverRuntime } from './resolver-runtime.ts';
import type { RunningField } from './util.ts';
import { value } from '../../testing/appsync-fixture.ts';

const field: RunningField = {
  fieldName: 'f',
  parentTypeName: 'Query',
  mode: 'API_KEY',
  responseHeaders: {},
  appendError: () => undefined,
};

/** What the expression is, or the message of the error it ends in. */
function evaluated(expression: string): unknown {
  const runtime = new ResolverRuntime(() => undefined);
  const handlers = runtime.load({ label: 'f', text: value(expression) });
  try {
    return JSON.parse(JSON.stringify(runtime.run(handlers, handlers.response, { result: null }, field) ?? null));
  } catch (error) {
    return { error: (error as Error).message };
  }
}

describe('util', () => {
  const cases: [expression: string, is: unknown][] = [
    ["util.base64Encode('é')", 'w6k='],
    ["util.base64Decode('w6k=')", 'é'],
    ["util.urlEncode('a b&é*~')", 'a+b%26%C3%A9*%7E'],
    ["util.urlDecode('a+b%26')", 'a b&'],
    ['util.escapeJavaScript("it\'s \\"x\\"/\\n")', String.raw`it\'s \"x\"\/\n`],
    ["util.matches('a*b', 'aaaaab')", true],
    ["util.matches('a*b', 'xaaaaab')", false],
    ["util.matches('(?i)[A-Z]+', 'abc')", true],
    ["util.matches('\\\\p{Alpha}\\\\d{2,3}\\\\.\\\\Q[x]\\\\E', 'a12.[x]')", true],
    ["util.matches('[^\\\\u0000-\\\\u001f]{1,3}', 'é ✓')", true],
    ["util.matches('\\\\s+\\\\S', ' \\ta')", true],
    ["util.str.normalize('e\\u0301', 'nfc')", 'é'],
    ['util.math.roundNum(-1.5)', -1],
    ['util.math.minVal(1, 2) + util.math.maxVal(1, 2)', 3],
    ['util.time.epochMilliSecondsToISO8601(1291191960000)', '2010-12-01T08:26:00.000Z'],
    ['util.time.epochMilliSecondsToSeconds(1999)', 1],
    ["util.time.parseISO8601ToEpochMilliSeconds('2018-02-01T17:21:05.180+08:00')", 1517476865180],
    ["util.time.epochMilliSecondsToFormatted(1291191960000, 'yyyy-MM-dd HH:mm:ssZ')", '2010-12-01 08:26:00+0000'],
    [
      "util.time.epochMilliSecondsToFormatted(1291191960000, \"EEE d MMM yy h:mm a 'o''clock' XXX\", 'America/New_York')",
      "Wed 1 Dec 10 3:26 AM o'clock -05:00",
    ],
    ["util.time.parseFormattedToEpochMilliSeconds('2010-12-01 08:26:00+0000', 'yyyy-MM-dd HH:mm:ssZ')", 1291191960000],
    ["util.time.parseFormattedToEpochMilliSeconds('01/07/2011 01:00 PM', 'dd/MM/yyyy hh:mm a', 'Europe/London')", 1309521600000],
    ['util.dynamodb.toMapValues({ a: undefined, b: [null, true] })', { b: { L: [{ NULL: null }, { BOOL: true }] } }],
    [
      "util.dynamodb.fromS3ObjectJson(util.dynamodb.toS3Object('k', 'b', 'r', 'v').S)",
      { key: 'k', bucket: 'b', region: 'r', version: 'v' },
    ],
    ["util.http.copyHeaders({ Host: 'h', 'x-a': '1' })", { 'x-a': '1' }],
    [
      'util.rds.toJsonObject({ sqlStatementResults: [{ records: [[{ stringValue: "a" }, { isNull: true }]], columnMetadata: [{ label: "x" }, { name: "y" }] }] })',
      [[{ x: 'a', y: null }]],
    ],
    [
      'JSON.parse(util.transform.toDynamoDBFilterExpression({ or: [{ a: { between: [1, 2] } }, { a: { in: ["x"] }, not: { b: { attributeExists: false } } }], "c-d": { size: { gt: 3 } } }))',
      {
        expression:
          '((#a BETWEEN :a_between0 AND :a_between1) OR (#a IN (:a_in0)) AND (NOT (attribute_not_exists(#b)))) AND (size(#c_d) > :c_d_size)',
        expressionNames: { '#a': 'a', '#b': 'b', '#c_d': 'c-d' },
        expressionValues: { ':a_between0': { N: 1 }, ':a_between1': { N: 2 }, ':a_in0': { S: 'x' }, ':c_d_size': { N: 3 } },
      },
    ],
  ];

  test.each(cases)('%s', (expression, is) => {
    const result = evaluated(expression);

    expect(result).toEqual(is);
  });

  test('makes identifiers of their kinds', () => {
    const [uuid, ulid, ksuid] = evaluated('[util.autoId(), util.autoUlid(), util.autoKsuid()]') as string[];

    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ulid).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect(ksuid).toMatch(/^[0-9A-Za-z]{27}$/);
  });

  test.each([
    ["util.matches('[a-z&&[^b]]', 'a')", 'which is not known here'],
    ["util.matches('a++', 'a')", 'possessive'],
    ["util.matches('(', 'a')", 'is not a regular expression'],
    ["util.time.nowFormatted('yyyy-DDD')", 'uses DDD'],
    ["util.time.parseFormattedToEpochMilliSeconds('2011-02-30', 'yyyy-MM-dd')", 'no such date'],
    ["util.time.nowFormatted('yyyy', 'Mars/Base')", 'no time zone'],
    ["util.time.parseISO8601ToEpochMilliSeconds('yesterday')", 'write a time such as'],
    ["util.urlDecode('%zz')", 'percent signs'],
    ['ddb.query({})', 'write the key condition'],
    ['ddb.scan({ filter: { a: { like: 1 } } })', 'there is no operator like'],
  ])('%s is refused, and why is told', (expression, why) => {
    const result = evaluated(expression);

    expect(JSON.stringify(result)).toContain(why);
  });
});

describe('the dynamodb module', () => {
  const cases: [expression: string, is: unknown][] = [
    [
      'ddb.query({ index: "i", query: { a: { eq: 1 }, b: { beginsWith: "x" } }, filter: { c: { ne: null, eq: 2 } }, limit: 5, nextToken: null, scanIndexForward: false })',
      {
        ...{ operation: 'Query', index: 'i', limit: 5, nextToken: null, scanIndexForward: false },
        query: {
          expression: '(#a = :a_eq) AND (begins_with(#b,:b_beginsWith))',
          expressionNames: { '#a': 'a', '#b': 'b' },
          expressionValues: { ':a_eq': { N: 1 }, ':b_beginsWith': { S: 'x' } },
        },
        filter: { expression: '(#c = :c_eq)', expressionNames: { '#c': 'c' }, expressionValues: { ':c_eq': { N: 2 } } },
      },
    ],
    [
      'ddb.update({ key: { id: 1 }, update: { a: 1, b: ddb.operations.remove(), c: { d: ddb.operations.increment() }, e: [ddb.operations.updateListItem("x", 2)], f: [1] }, condition: { id: { attributeExists: true } } })',
      {
        operation: 'UpdateItem',
        key: { id: { N: 1 } },
        update: {
          expression:
            'SET #expName_1 = :expValue_1, #expName_3.#expName_4 = #expName_3.#expName_4 + :expValue_2, #expName_5[2] = :expValue_3, #expName_6 = :expValue_4 REMOVE #expName_2',
          expressionNames: {
            '#expName_1': 'a',
            '#expName_2': 'b',
            '#expName_3': 'c',
            '#expName_4': 'd',
            '#expName_5': 'e',
            '#expName_6': 'f',
          },
          expressionValues: {
            ':expValue_1': { N: 1 },
            ':expValue_2': { N: 1 },
            ':expValue_3': { S: 'x' },
            ':expValue_4': { L: [{ N: 1 }] },
          },
        },
        condition: { expression: '(attribute_exists(#id))', expressionNames: { '#id': 'id' }, expressionValues: {} },
      },
    ],
    [
      'ddb.batchGet({ tables: { t: { keys: [{ id: 1 }], consistentRead: true, projection: ["id", "n.o[1]"] } } })',
      {
        operation: 'BatchGetItem',
        tables: {
          t: {
            consistentRead: true,
            keys: [{ id: { N: 1 } }],
            projection: { expression: '#id, #n.#o[1]', expressionNames: { '#id': 'id', '#n': 'n', '#o': 'o' } },
          },
        },
      },
    ],
    ['ddb.batchPut({ tables: { t: [{ id: 1 }] } })', { operation: 'BatchPutItem', tables: { t: [{ id: { N: 1 } }] } }],
    ['ddb.batchDelete({ tables: { t: [{ id: 1 }] } })', { operation: 'BatchDeleteItem', tables: { t: [{ id: { N: 1 } }] } }],
    [
      'ddb.transactGet({ items: [{ table: "t", key: { id: 1 } }] })',
      { operation: 'TransactGetItems', transactItems: [{ table: 't', key: { id: { N: 1 } } }] },
    ],
    [
      'ddb.transactWrite({ items: [{ putItem: { table: "t", key: { id: 1 }, item: { a: 2 }, condition: { a: { lt: 3 } } } }, { conditionCheck: { table: "u", key: { id: 2 }, condition: { id: { attributeExists: false } } } }] })',
      {
        operation: 'TransactWriteItems',
        transactItems: [
          {
            ...{ operation: 'PutItem', table: 't', key: { id: { N: 1 } }, attributeValues: { a: { N: 2 } } },
            condition: {
              expression: '(#a < :a_lt)',
              expressionNames: { '#a': 'a' },
              expressionValues: { ':a_lt': { N: 3 } },
              returnValuesOnConditionCheckFailure: true,
            },
          },
          {
            ...{ operation: 'ConditionCheck', table: 'u', key: { id: { N: 2 } } },
            condition: {
              expression: '(attribute_not_exists(#id))',
              expressionNames: { '#id': 'id' },
              expressionValues: {},
              returnValuesOnConditionCheckFailure: true,
            },
          },
        ],
      },
    ],
    ['ddb.sync({ limit: 1, lastSync: 2 })', { operation: 'Sync', limit: 1, lastSync: 2 }],
  ];

  test.each(cases)('%s', (expression, is) => {
    const result = evaluated(expression);

    expect(result).toEqual(is);
  });
});

describe('AppSync’s scalars', () => {
  const cases: Readonly<Record<string, { readonly good: readonly unknown[]; readonly bad: readonly unknown[] }>> = {
    AWSDate: {
      good: ['2010-12-01', '2012-02-29', '2010-12-01Z', '2010-12-01+02:00'],
      bad: ['2011-02-29', '2010-13-01', '01.12.2010', 20101201],
    },
    AWSTime: { good: ['08:26', '08:26:00', '08:26:00.123Z', '23:59:59-07:00'], bad: ['24:00:00', '8:26', '08:60'] },
    AWSDateTime: {
      good: ['2010-12-01T08:26:00Z', '2012-02-29T08:26:00Z', '2010-12-31T08:26:00.123+02:00', '2010-12-01T08:26Z'],
      bad: ['2010-12-01', '2010-12-01T08:26:00', '2011-02-29T08:26:00Z', '2010-12-01T24:00:00Z', '2010-00-01T08:26:00Z'],
    },
    AWSTimestamp: { good: [0, -1, 1291191960], bad: [1.5, 'now', true] },
    AWSEmail: { good: ['a.b+c@example.com'], bad: ['a', 'a@', '@b', 'a b@c.d', 'a..b@c.d'] },
    AWSJSON: { good: ['{"a":1}', '[1]', '"text"', 'null'], bad: ['text', '{a:1}', 5] },
    AWSURL: { good: ['https://example.com/a?b=c', 'mailto:a@b.c'], bad: ['example.com', 'https://example.com//a', '/path'] },
    AWSPhone: { good: ['555-123-4567', '+44 20 7946 0958', '(555) 123-4567'], bad: ['123', 'call me', '1110'] },
    AWSIPAddress: {
      good: ['127.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32'],
      bad: ['256.1.1.1', '10.0.0.0/33', 'localhost', '::/129'],
    },
  };

  test.each(Object.entries(cases))('%s takes its own and nothing else', (name, { good, bad }) => {
    const accepts = (own: unknown) => AWS_SCALARS[name]?.accepts(own);

    expect(good.filter((own) => accepts(own) !== true)).toEqual([]);
    expect(bad.filter((own) => accepts(own) !== false)).toEqual([]);
  });
});
