import { parse, print, stripIgnoredCharacters, visit, type DocumentNode } from 'graphql';
import { expect, test } from 'vitest';
import * as sdk from '../../sdk/index.ts';
import { printDocument } from '../../sdk/print-document.ts';

const EVERYTHING = `
query ($plain: Int, $typed: [[String!]!]! = ["a"] @on(x: 1), $where: Filter = {from: "2011-01-01", none: null}) @whole {
  alias: field(int: -12, float: 1.5e3, text: "quote \\" line \\n ü 🕯️ \\u0007", block: """
    two
      lines with \\""" in them
  """, yes: true, no: false, nothing: null, kind: ENUM, list: [1, [2], $plain], empty: [], object: {a: {b: $typed}, c: {}})
    @include(if: $yes) @skip(if: false) {
    ...Part @defer(label: "x")
    ... on Customer @here { __typename }
    ... @include(if: $yes) { id }
    ... { nested { deeper { deepest } } }
  }
}
fragment Part on Invoice @there { invoiceNo }
mutation Send($input: [TransactionInput!]!) { sendTransactions(input: $input) { accepted } }
subscription { none }
{ anonymous }
`;

/** The document without places, and with every text as a plain string: what it means. */
const meaning = (document: DocumentNode) =>
  JSON.stringify(
    visit(document, { StringValue: ({ kind, value }) => ({ kind, value }), enter: (node) => ({ ...node, loc: undefined }) }),
  );

test('a document of every construct is printed as a document of the same meaning', () => {
  const documents = EVERYTHING.split(/^(?=fragment|mutation|subscription|\{)/m).map((text) => parse(text));

  for (const document of [...documents, { ...documents[0]!, definitions: documents.flatMap(({ definitions }) => definitions) }])
    expect(meaning(parse(printDocument(document)))).toBe(meaning(document));
});

test('our own documents are printed as the library of GraphQL prints them', () => {
  const documents = Object.entries(sdk).filter(([name]) => name.endsWith('Document'));

  expect(documents.length).toBeGreaterThan(10);
  for (const [, document] of documents)
    expect(stripIgnoredCharacters(printDocument(document as DocumentNode))).toBe(
      stripIgnoredCharacters(print(document as DocumentNode)),
    );
});

test('a schema is no document to send', () => {
  expect(() => printDocument(parse('type Query { a: Int }'))).toThrow('operations and fragments: got a ObjectTypeDefinition');
});
