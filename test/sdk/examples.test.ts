// Slow: compiles the examples of the documentation.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const pathOf = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

test('the examples of docs/sdk.md compile where they say they run', () => {
  const blocks = readFileSync(pathOf('docs/sdk.md'), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms);
  const examples = new Map([...blocks].map(([, code = ''], n) => [pathOf(`example-${String(n)}.ts`), code]));
  const { config } = ts.readConfigFile(pathOf('tsconfig.json'), (file) => ts.sys.readFile(file)) as { config: object };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, pathOf('.'));
  const host = ts.createCompilerHost(options);
  host.readFile = (file) => examples.get(file) ?? ts.sys.readFile(file);
  host.fileExists = (file) => examples.has(file) || ts.sys.fileExists(file);

  const program = ts.createProgram([...examples.keys()], options, host);
  const faults = [...examples.keys()].flatMap((file) => [
    ...program.getSyntacticDiagnostics(program.getSourceFile(file)),
    ...program.getSemanticDiagnostics(program.getSourceFile(file)),
  ]);

  expect(examples.size).toBeGreaterThan(0);
  expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
});
