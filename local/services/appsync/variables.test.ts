import { describe, expect, test } from 'vitest';
import { API_KEY, givenApi, value } from '../../testing/appsync-fixture.ts';

const schema = `
  type Query {
    i(of: Int): AWSJSON  f(of: Float): AWSJSON  s(of: String): AWSJSON  b(of: Boolean): AWSJSON  id(of: ID): AWSJSON
    e(of: Color): AWSJSON  date(of: AWSDate): AWSJSON  time(of: AWSDateTime): AWSJSON  phone(of: AWSPhone): AWSJSON
    json(of: AWSJSON): AWSJSON  list(of: [Int!]): AWSJSON  outer(of: Outer!): AWSJSON
  }
  enum Color { RED GREEN }
  input Outer { nested: Nested  color: Color = GREEN }
  input Nested { name: String!  phone: AWSPhone }
`;
const fields = {
  ...{ i: 'Int', f: 'Float', s: 'String', b: 'Boolean', id: 'ID', e: 'Color', date: 'AWSDate', time: 'AWSDateTime' },
  ...{ phone: 'AWSPhone', json: 'AWSJSON', list: '[Int!]', outer: 'Outer!' },
};
const resolvers = Object.fromEntries(Object.keys(fields).map((field) => [`Query.${field}`, value('ctx.args')]));

/** What a resolver sees of a variable, or the errors. */
async function seen(field: keyof typeof fields, variables: unknown, definition: string = fields[field]) {
  const api = await givenApi({ schema, resolvers });
  const query = `query Q($of: ${definition}) { ${field}(of: $of) }`;
  const { data, errors } = await api.post(JSON.stringify({ query, variables }), { 'x-api-key': API_KEY });
  const answer = data?.[field];
  return errors.length > 0 ? errors : typeof answer === 'string' ? (JSON.parse(answer) as { of: unknown }).of : answer;
}

describe('a variable is converted as graphql-java 9 converts it:', () => {
  const taken: [field: keyof typeof fields, given: unknown, seen: unknown][] = [
    ['i', '5', 5],
    ['i', '5.0', 5],
    ['i', '-1e2', -100],
    ['f', '5', 5],
    ['f', '.5', 0.5],
    ['s', 5, '5'],
    ['s', 1.5, '1.5'],
    ['s', 0.0001, '1.0E-4'],
    ['s', true, 'true'],
    ['s', { a: 1, b: [null, 'x'] }, '{a=1, b=[null, x]}'],
    ['b', 'TRUE', true],
    ['b', 'yes', false],
    ['b', 2, true],
    ['b', 0, false],
    ['id', 5, '5'],
    ['id', 3_000_000_000, '3000000000'],
    ['list', '5', [5]],
    ['list', [1, '2'], [1, 2]],
    ['outer', { color: null }, { color: 'GREEN' }],
    ['outer', { nested: null }, { nested: null, color: 'GREEN' }],
    ['i', null, null],
  ];

  test.each(taken)('%s of %j is %j', async (field, given, expected) => {
    const result = await seen(field, { of: given });

    expect(result).toEqual(expected);
  });

  test('null and nothing are the default of the variable', async () => {
    const results = await Promise.all([seen('i', { of: null }, 'Int = 7'), seen('i', {}, 'Int = 7'), seen('i', {})]);

    expect(results).toEqual([7, 7, null]);
  });
});

describe('a variable that cannot be converted is one error, with the place of its definition:', () => {
  const place = [{ line: 1, column: 9, sourceName: null }];
  const refused: [field: keyof typeof fields, given: unknown, message: string, locations?: null][] = [
    ['i', 'many', "Variable 'of' has an invalid value. Expected type 'Int' but was 'String'."],
    ['i', '', "Variable 'of' has an invalid value. Expected type 'Int' but was 'String'."],
    ['i', ' 5', "Variable 'of' has an invalid value. Expected type 'Int' but was 'String'."],
    ['i', true, "Variable 'of' has an invalid value. Expected type 'Int' but was 'Boolean'."],
    ['i', 1.5, "Variable 'of' has an invalid value. Expected type 'Int' but was 'Double'."],
    ['i', 3_000_000_000, "Variable 'of' has an invalid value. Expected type 'Int' but was 'Long'."],
    ['f', [1], "Variable 'of' has an invalid value. Expected type 'Float' but was 'ArrayList'."],
    ['b', {}, "Variable 'of' has an invalid value. Expected type 'Boolean' but was 'LinkedHashMap'."],
    ['id', ['a'], "Variable 'of' has an invalid value. Expected type 'ID' but was 'ArrayList'."],
    ['id', 1.5, "Variable 'of' has an invalid value. Expected type 'ID' but was 'Double'."],
    ['e', 'BLUE', "Variable 'of' has an invalid value. Invalid input for Enum 'Color'. No value found for name 'BLUE'"],
    [
      'date',
      '2019-12-24T04:15:57.798Z',
      "Variable 'of' has an invalid value. Unable to parse `2019-12-24T04:15:57.798Z` as a valid date.",
    ],
    ['time', { a: { b: 1 } }, "Variable 'of' has an invalid value. Unable to parse `{a={b=1}}` as a valid DateTime Object."],
    ['phone', '1110004', "Variable 'of' has an invalid value. Unable to parse `1110004` as a valid phone number."],
    ['json', { key1: 'hi', key2: 3 }, "Variable 'of' has an invalid value. Unable to parse {key1=hi, key2=3} as valid JSON."],
    ['list', [1, null], "Variable 'of' has coerced Null value for NonNull type 'Int!'"],
    ['outer', null, "Variable 'of' has coerced Null value for NonNull type 'Outer!'"],
    ['outer', { nested: {} }, "Variable 'of' has coerced Null value for NonNull type 'String!'"],
    [
      'outer',
      'x',
      "Variable 'of' has an invalid value. Expected type 'Map' but was 'String'. Variables for input objects must be an instance of type 'Map'.",
    ],
    [
      'outer',
      { nested: { name: 'n', phone: 'x' } },
      "Variable 'phone' has an invalid value. Unable to parse `x` as a valid phone number.",
    ],
    [
      'outer',
      { other: 1, nested: {} },
      "The variables input contains a field that is not defined for input object type 'Outer' ",
      null,
    ],
  ];

  test.each(refused)('%s of %j', async (field, given, message, locations: null | typeof place = place) => {
    const result = await seen(field, { of: given });

    expect(result).toEqual([{ path: null, locations, message }]);
  });

  test('of two bad ones the first alone', async () => {
    const api = await givenApi({ schema, resolvers });

    const { status, data, errors } = await api.ask('query ($a: Int!, $b: Int!) { i(of: $a) x: i(of: $b) }', { a: 'x', b: 'y' });

    expect({ status, data }).toEqual({ status: 200, data: null });
    expect(errors.map(({ message }) => message)).toEqual([
      "Variable 'a' has an invalid value. Expected type 'Int' but was 'String'.",
    ]);
  });
});
