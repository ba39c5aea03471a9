// Slow: compiles the examples of the documentation.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const pathOf = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

const blocks = ['docs/sdk.md', 'sdk/README.md'].flatMap((file) => [
  ...readFileSync(pathOf(file), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms),
]);
const examples = new Map(blocks.map(([, code = ''], n) => [pathOf(`example-${String(n)}.ts`), code]));
const { config } = ts.readConfigFile(pathOf('tsconfig.json'), (file) => ts.sys.readFile(file)) as { config: object };
const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, pathOf('.'));
const settings = { ...options, erasableSyntaxOnly: true, paths: { 'tillgraph-sdk': [pathOf('sdk/index.ts')] } };
const host = ts.createCompilerHost(settings);
host.readFile = (file) => examples.get(file) ?? ts.sys.readFile(file);
host.fileExists = (file) => examples.has(file) || ts.sys.fileExists(file);
const program = ts.createProgram([...examples.keys(), pathOf('sdk/apollo.ts')], settings, host);

const faultsIn = (files: readonly string[]) =>
  files
    .map((file) => program.getSourceFile(file))
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));

test('the examples of docs/sdk.md and of the package compile where they say they run', () => {
  expect(examples.size).toBeGreaterThan(6);
  expect(faultsIn([...examples.keys()])).toEqual([]);
});

test('all that the client is made of is JavaScript once its types are erased', () => {
  const files = program.getSourceFiles().map(({ fileName }) => fileName);
  const own = files.filter((name) => name.startsWith(pathOf('sdk/')) || name.startsWith(pathOf('domain/')));

  expect(own.length).toBeGreaterThan(20);
  expect(faultsIn(own)).toEqual([]);
});
