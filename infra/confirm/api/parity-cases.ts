/** What AppSync answers to a request. */
export interface ParityCase {
  readonly id: string;
  /** Where an answer of AWS was recorded in public; undefined: not confirmed on AWS, followed from graphql-java 9 or AWS's pages. */
  readonly recorded?: string;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** The answer's `errors` without `sourceName`, or its `data`. */
  readonly errors?: readonly object[];
  readonly data?: object;
  /** @default 200 */
  readonly status?: number;
}

/** The API of all cases: `echo` answers its arguments as AppSync's Java prints them, `loop` how many of 1,005 elements a loop saw. */
export const PARITY_SCHEMA = `
  type Query { echo(int: Int, float: Float, text: String = "default", flag: Boolean, id: ID, at: AWSDateTime, day: AWSDate, phone: AWSPhone, json: AWSJSON, in: Input, list: [Int!]): AWSJSON  loop: Int  shops: [Shop]  number: Int  flag: Boolean  text: String }
  type Shop { id: ID }
  input Input { test: String!  nested: Nested }
  input Nested { name: String! }
`;

const variable = (type: string, name: string) => `query Q($v: ${type}) { echo(${name}: $v) }`;
const at = [{ line: 1, column: 9 }];
const error = (message: string, locations: object[] | null = at) => [{ path: null, locations, message }];
const community = (issue: number) => `https://github.com/aws/aws-appsync-community/issues/${String(issue)}`;

export const PARITY_CASES: readonly ParityCase[] = [
  {
    id: 'appsync-undefined-field',
    recorded: 'https://github.com/graphql/graphql-over-http/issues/81',
    query: '{badfield}',
    errors: error("Validation error of type FieldUndefined: Field 'badfield' in type 'Query' is undefined @ 'badfield'", [
      { line: 1, column: 2 },
    ]),
  },
  {
    id: 'appsync-syntax-error',
    recorded: 'https://github.com/graphql/graphql-over-http/issues/81',
    query: '{}}',
    status: 400,
    errors: [{ errorType: 'MalformedHttpRequestException', message: 'Unable to parse GraphQL query.' }],
  },
  {
    id: 'appsync-wrong-type-literal',
    recorded: 'https://github.com/awslabs/aws-mobile-appsync-sdk-js/issues/554',
    query: '{ echo(json: { upvotes: 10 }) }',
    errors: error(
      "Validation error of type WrongType: argument 'json' with value 'ObjectValue{objectFields=[ObjectField{name='upvotes', value=IntValue{value=10}}]}' is not a valid 'AWSJSON' @ 'echo'",
      [{ line: 1, column: 8 }],
    ),
  },
  {
    id: 'appsync-missing-input-field',
    recorded: community(273),
    query: '{ echo(in: { testa: "test" }) }',
    errors: error(
      "Validation error of type WrongType: argument 'in' with value 'ObjectValue{objectFields=[ObjectField{name='testa', value=StringValue{value='test'}}]}' is missing required fields '[test]' @ 'echo'",
      [{ line: 1, column: 8 }],
    ),
  },
  {
    id: 'appsync-null-deep-in-a-variable',
    recorded: community(406),
    query: variable('Input', 'in'),
    variables: { v: { test: 't', nested: {} } },
    errors: error("Variable 'v' has coerced Null value for NonNull type 'String!'"),
  },
  {
    id: 'appsync-unknown-field-in-a-variable',
    recorded: community(273),
    query: variable('Input', 'in'),
    variables: { v: { test: 't', other: 1 } },
    errors: error("The variables input contains a field that is not defined for input object type 'Input' ", null),
  },
  {
    id: 'appsync-variable-of-a-scalar',
    recorded: 'https://github.com/aws-amplify/amplify-flutter/issues/822',
    query: variable('AWSPhone', 'phone'),
    variables: { v: '111' },
    errors: error("Variable 'v' has an invalid value. Unable to parse `111` as a valid phone number."),
  },
  {
    id: 'appsync-variable-of-a-date',
    recorded: 'https://github.com/aws-amplify/amplify-swift/issues/278',
    query: variable('AWSDate', 'day'),
    variables: { v: '2019-12-24T04:15:57.798Z' },
    errors: error("Variable 'v' has an invalid value. Unable to parse `2019-12-24T04:15:57.798Z` as a valid date."),
  },
  {
    id: 'appsync-object-for-a-date-time',
    recorded: 'https://github.com/aws-amplify/amplify-android/issues/590',
    query: variable('AWSDateTime', 'at'),
    variables: { v: { date: { day: 19 } } },
    errors: error("Variable 'v' has an invalid value. Unable to parse `{date={day=19}}` as a valid DateTime Object."),
  },
  {
    id: 'appsync-int-takes-text',
    query: variable('Int', 'int'),
    variables: { v: '5' },
    data: { echo: '{"int":5,"text":"default"}' },
  },
  {
    id: 'appsync-float-takes-text',
    query: variable('Float', 'float'),
    variables: { v: '1.5' },
    data: { echo: '{"float":1.5,"text":"default"}' },
  },
  {
    id: 'appsync-string-takes-anything',
    query: variable('String', 'text'),
    variables: { v: { a: 1 } },
    data: { echo: '{"text":"{a=1}"}' },
  },
  {
    id: 'appsync-boolean-takes-text',
    query: variable('Boolean', 'flag'),
    variables: { v: 'yes' },
    data: { echo: '{"text":"default","flag":false}' },
  },
  { id: 'appsync-absent-variable-is-null', query: variable('String', 'text'), variables: {}, data: { echo: '{"text":null}' } },
  {
    id: 'appsync-one-error-for-variables',
    query: 'query Q($v: Int, $w: Int) { echo(int: $v) x: echo(int: $w) }',
    variables: { v: 'a', w: 'b' },
    errors: error("Variable 'v' has an invalid value. Expected type 'Int' but was 'String'."),
  },
  {
    id: 'appsync-no-name-for-lists',
    query: '{ shops }',
    errors: error(
      "Validation error of type SubSelectionRequired: Sub selection required for type null of field shops @ 'shops'",
      [{ line: 1, column: 3 }],
    ),
  },
  {
    id: 'appsync-no-new-introspection',
    query: '{ __schema { directives { isRepeatable } } }',
    errors: error(
      "Validation error of type FieldUndefined: Field 'isRepeatable' in type '__Directive' is undefined @ '__schema/directives/isRepeatable'",
      [{ line: 1, column: 27 }],
    ),
  },
  { id: 'appsync-defer-changes-nothing', query: '{ loop @defer }', data: { loop: 1000 } },
  { id: 'appsync-loop-ends-in-silence', recorded: community(371), query: '{ loop }', data: { loop: 1000 } },
  {
    id: 'appsync-boolean-shows-no-object',
    query: '{ flag }',
    data: { flag: null },
    errors: [
      {
        path: ['flag'],
        locations: null,
        message: "Can't serialize value (/flag) : Expected type 'Boolean' but was 'LinkedHashMap'.",
      },
    ],
  },
  { id: 'appsync-answers-are-lenient', query: '{ number text }', data: { number: 12, text: '{a=[1, x]}' } },
];

const code = (response: string) => `
export function request(ctx) { return { payload: null }; }
export function response(ctx) { ${response} }
`;

/** The code of each field of `Query` that has a resolver, over a data source of the type NONE. */
export const PARITY_RESOLVERS: Readonly<Record<string, string>> = {
  echo: code('return ctx.args;'),
  loop: code(`const ten = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
    const many = ten.flatMap(() => ten.flatMap(() => ten)).concat([1, 2, 3, 4, 5]);
    return many.reduce((seen) => seen + 1, 0);`),
  number: code('return "12";'),
  text: code('return { a: [1, "x"] };'),
  flag: code('return { a: 1 };'),
};
