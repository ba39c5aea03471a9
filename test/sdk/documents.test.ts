import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { generate } from '@graphql-codegen/cli';
import { buildSchema, concatAST, Kind, NoUnusedFragmentsRule, parse, specifiedRules, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import config from '../../codegen.ts';

const root = new URL('../../', import.meta.url);
const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8');
const schema = buildSchema(textOf('schema/schema.graphql') + textOf('schema/appsync.graphql'));
const documents = readdirSync(new URL('sdk/documents', root)).map((file) => ({
  file,
  ast: parse(textOf(`sdk/documents/${file}`)),
}));

describe.each(documents)('the document $file', ({ file, ast }) => {
  test('holds one operation or fragment, of the same name', () => {
    const names = ast.definitions.map((definition) => 'name' in definition && definition.name.value);

    expect(names).toEqual([basename(file, '.graphql')]);
  });
});

test('every document asks for what the schema has', () => {
  const rules = specifiedRules.filter((rule) => rule !== NoUnusedFragmentsRule);

  const errors = validate(schema, concatAST(documents.map(({ ast }) => ast)), rules);

  expect(errors).toEqual([]);
});

test('every field of the API has a document', () => {
  const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) => Object.keys(type?.getFields() ?? {}));

  const asked = documents
    .flatMap(({ ast }) => ast.definitions)
    .flatMap((definition) => (definition.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections : []))
    .map((selection) => (selection.kind === Kind.FIELD ? selection.name.value : ''));

  expect(new Set(asked)).toEqual(new Set(fields));
});

test('what is generated is current: if not, run npm run generate', async () => {
  const files = (await generate({ ...config, cwd: root.pathname, silent: true }, false)) as {
    filename: string;
    content: string;
  }[];

  const stale = files.filter(({ filename, content }) => textOf(filename) !== content).map(({ filename }) => filename);

  expect(files).toHaveLength(2);
  expect(stale).toEqual([]);
});
