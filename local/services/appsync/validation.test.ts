import { describe, expect, test } from 'vitest';
import { givenApi, value } from '../../testing/appsync-fixture.ts';

const schema = `
  type Query { shop(name: String, first: Int): Shop  shops: [Shop!]!  any: Any  send(data: AWSJSON, many: [Int!], input: Input, color: Color, key: ID!): String }
  type Mutation { change: Int }
  type Shop { id: ID!  name: String  owner: Person }
  type Person { id: Int  age: Int }
  union Any = Shop | Person
  enum Color { RED GREEN }
  input Input { test: String!  lines: [Line!] }
  input Line { quantity: Int }
`;

/** What a document is answered with, when it cannot be run. */
async function errorsOf(query: string) {
  const api = await givenApi({ schema, resolvers: { 'Query.send': value('"sent"') } });
  const { status, data, errors } = await api.ask(query);
  if (errors.length > 0) expect({ status, data }).toEqual({ status: 200, data: null });
  return errors.map(({ message, locations, ...rest }) => {
    expect(rest).toEqual({ path: null });
    const places = (locations as { line: number; column: number; sourceName: null }[]).map(({ line, column, sourceName }) => {
      expect(sourceName).toBeNull();
      return `${String(line)}:${String(column)}`;
    });
    return `${places.join(' ')} ${message.replace('Validation error of type ', '')}`;
  });
}

describe('a document that cannot be run has the errors of AppSync:', () => {
  const cases: [query: string, ...errors: string[]][] = [
    ['{badfield}', "1:2 FieldUndefined: Field 'badfield' in type 'Query' is undefined @ 'badfield'"],
    ['{ shop { owner { x } } }', "1:18 FieldUndefined: Field 'x' in type 'Person' is undefined @ 'shop/owner/x'"],
    [
      '{ a b { c } }',
      "1:3 FieldUndefined: Field 'a' in type 'Query' is undefined @ 'a'",
      "1:5 FieldUndefined: Field 'b' in type 'Query' is undefined @ 'b'",
    ],
    [
      '{\n  send(key: 1, data: { upvotes: 10 })\n}',
      "2:16 WrongType: argument 'data' with value 'ObjectValue{objectFields=[ObjectField{name='upvotes', value=IntValue{value=10}}]}' is not a valid 'AWSJSON' @ 'send'",
    ],
    [
      '{ send(key: 1, input: { testa: "test" }) }',
      "1:16 WrongType: argument 'input' with value 'ObjectValue{objectFields=[ObjectField{name='testa', value=StringValue{value='test'}}]}' is missing required fields '[test]' @ 'send'",
    ],
    [
      '{ send(key: 1, input: { test: "t", lines: [{ quantity: 1 }, { quantity: "2" }] }) }',
      "1:16 WrongType: argument 'input.lines[1].quantity' with value 'StringValue{value='2'}' is not a valid 'Int' @ 'send'",
    ],
    [
      '{ send(key: 1, input: { test: "t", more: true }) }',
      "1:16 WrongType: argument 'input' with value 'ObjectValue{objectFields=[ObjectField{name='test', value=StringValue{value='t'}}, ObjectField{name='more', value=BooleanValue{value=true}}]}' contains a field not in 'Input': 'more' @ 'send'",
    ],
    [
      '{ send(key: 1, input: 5) }',
      "1:16 WrongType: argument 'input' with value 'IntValue{value=5}' must be an object type @ 'send'",
    ],
    [
      '{ send(key: 1, color: BLUE) }',
      "1:16 WrongType: argument 'color' with value 'EnumValue{name='BLUE'}' is not a valid 'Color' @ 'send'",
    ],
    [
      '{ send(key: 1, many: [1, null]) }',
      "1:16 WrongType: argument 'many[1]' with value 'NullValue{}' must not be null @ 'send'",
    ],
    ['{ send(key: null) }', "1:8 WrongType: argument 'key' with value 'NullValue{}' must not be null @ 'send'"],
    [
      '{ shop(first: "5") { id } }',
      "1:8 WrongType: argument 'first' with value 'StringValue{value='5'}' is not a valid 'Int' @ 'shop'",
    ],
    [
      '{ shop(first: 3000000000) { id } }',
      "1:8 WrongType: argument 'first' with value 'IntValue{value=3000000000}' is not a valid 'Int' @ 'shop'",
    ],
    ['{ send }', "1:3 MissingFieldArgument: Missing field argument key @ 'send'"],
    ['{ shop(owner: "me") { id } }', "1:8 UnknownArgument: Unknown field argument owner @ 'shop'"],
    ['{ shop }', "1:3 SubSelectionRequired: Sub selection required for type Shop of field shop @ 'shop'"],
    ['{ shops }', "1:3 SubSelectionRequired: Sub selection required for type null of field shops @ 'shops'"],
    [
      '{ shop { name { x } } }',
      "1:10 SubSelectionNotAllowed: Sub selection not allowed on leaf type String of field name @ 'shop/name'",
    ],
    ['{ shop { id @nope } }', "1:13 UnknownDirective: Unknown directive nope @ 'shop/id'"],
    ['{ shop { id @skip } }', "1:13 MissingDirectiveArgument: Missing directive argument if @ 'shop/id'"],
    ['query @skip(if: true) { shop { id } }', '1:7 MisplacedDirective: Directive skip not allowed here'],
    ['{ shop { id @skip(if: true, when: 1) } }', "1:29 UnknownDirective: Unknown directive argument when @ 'shop/id'"],
    ['{ shop { ...F } }', "1:10 UndefinedFragment: Undefined fragment F @ 'shop'"],
    [
      '{ shop { ...F } } fragment F on Person { id }',
      "1:10 InvalidFragmentType: Fragment F cannot be spread here as objects of type Shop can never be of type Person @ 'shop'",
    ],
    [
      '{ shop { ... on Person { id } } }',
      "1:10 InvalidFragmentType: Fragment cannot be spread here as objects of type Shop can never be of type Person @ 'shop'",
    ],
    ['{ __typename } fragment F on Shop { id }', '1:16 UnusedFragment: Unused fragment F'],
    ['{ shop { ...F } } fragment F on Shop { nope }', "1:40 FieldUndefined: Field 'nope' in type 'Shop' is undefined @ 'F/nope'"],
    ['{ __typename ...F } fragment F on Nope { id }', "1:35 UnknownType: Unknown type Nope @ 'F'"],
    [
      '{ shop { ... on Color { id } } }',
      "1:10 InlineFragmentTypeConditionInvalid: Inline fragment type condition is invalid, must be on Object/Interface/Union @ 'shop'",
    ],
    ['query ($a: Int) { __typename }', '1:8 UnusedVariable: Unused variable a'],
    ['{ shop(first: $a) { id } }', "1:15 UndefinedVariable: Undefined variable a @ 'shop'"],
    [
      'query ($a: String) { shop(first: $a) { id } }',
      "1:34 VariableTypeMismatch: Variable type 'String' doesn't match expected type 'Int' @ 'shop'",
    ],
    [
      'query ($a: ID) { send(key: $a) }',
      "1:28 VariableTypeMismatch: Variable type 'ID' doesn't match expected type 'ID!' @ 'send'",
    ],
    ['query ($a: Int! = 1) { shop(first: $a) { id } }', '1:8 DefaultForNonNullArgument: Missing value for non null type'],
    [
      'query ($a: Int = "x") { shop(first: $a) { id } }',
      "1:8 BadValueForDefaultArg: Bad default value StringValue{value='x'} for type Int",
    ],
    [
      'query ($a: Shop) { __typename @skip(if: $a) }',
      '1:8 NonInputTypeOnVariable: Wrong type for a variable',
      "1:41 VariableTypeMismatch: Variable type 'Shop' doesn't match expected type 'Boolean!' @ '__typename'",
    ],
    ['{ x: shop { id } x: shops { id } }', '1:3 1:18 FieldsConflict: x: shop and shops are different fields'],
    ['{ shop(first: 1) { id } shop(first: 2) { id } }', '1:3 1:25 FieldsConflict: shop: they have differing arguments'],
    [
      '{ any { ... on Shop { id } ... on Person { id } } }',
      '1:23 1:44 FieldsConflict: id: they return differing types null and Int',
    ],
    ['{ shop { x: id } shop { x: name } }', '1:3 1:10 1:18 1:25 FieldsConflict: shop: (x: id and name are different fields)'],
    ['{ __typename } { __typename }', '1:16 LoneAnonymousOperationViolation: Anonymous operation with other operations.'],
    [
      '{ __typename } query A { __typename }',
      '1:16 LoneAnonymousOperationViolation: Operation A is following anonymous operation.',
    ],
    ['query A { __typename } query A { __typename }', "1:24 DuplicateOperationName: There can be only one operation named 'A'"],
    ['{ __typename } type T { a: Int }', '1:16 NonExecutableDefinition: The T definition is not executable.'],
  ];

  test.each(cases)('%s', async (query, ...errors) => {
    const found = await errorsOf(query);

    expect(found).toEqual(errors);
  });

  test('a variable that only a fragment uses is found there, once for each operation', async () => {
    const fragment = 'fragment F on Query { shop(first: $a) { id } ...G } fragment G on Query { again: shop(first: $a) { id } }';

    const [used, unknown] = await Promise.all([
      errorsOf(`query ($a: Int) { ...F ...F } ${fragment}`),
      errorsOf(`query { ...F ...F } ${fragment}`),
    ]);

    expect(used).toEqual([]);
    expect(unknown).toEqual([
      "1:55 UndefinedVariable: Undefined variable a @ 'F/shop'",
      "1:114 UndefinedVariable: Undefined variable a @ 'F/G/shop'",
    ]);
  });

  test('fragments that spread each other are refused and end nothing', async () => {
    const found = await errorsOf('{ shop { ...A } } fragment A on Shop { ...B } fragment B on Shop { ...A }');

    expect(found.some((error) => error.includes('FragmentCycle: Fragment cycles not allowed'))).toBe(true);
  });

  test('@defer is known, and changes nothing', async () => {
    const found = await errorsOf('{ send(key: 1) @defer }');

    expect(found).toEqual([]);
  });
});
