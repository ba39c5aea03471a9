import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UNSUPPORTED_FUNCTIONS } from './util.ts';

const PHRASE = 'not implemented locally';

/** What the table behind this phrase says is not there, as the page writes it. */
function documented(): string {
  const page = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const [, table = ''] = /^What AppSync has and this stand-in has not answers.*?\n\n(\|.*?)\n\n/ms.exec(page) ?? [];
  return table;
}

test('the page lists every function of the language that is not there, and no other', () => {
  const names = [
    ...UNSUPPORTED_FUNCTIONS.extensions.map((name) => `extensions.${name}`),
    ...Object.entries(UNSUPPORTED_FUNCTIONS.util).flatMap(([group, functions]) =>
      functions.map((name) => `util.${group}.${name}`),
    ),
  ];

  const listed = [...documented().matchAll(/`((?:util|extensions)\.[\w.]+)`/g)].map(([, name]) => name);

  expect(listed.sort()).toEqual(names.sort());
});

/** Where the phrase stands, and what of the table is meant. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  'data-sources/dynamodb.ts': ['`Sync`', '`conditionalCheckFailedHandler`'],
  'service.ts': ['over a WebSocket', 'over HTTP', 'subscriptions'],
  'util.ts': ['`util.xml.toMap`'],
};

test('the page lists everything else that the stand-in refuses in these words', () => {
  const folder = import.meta.dirname;
  const places = (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8').split(PHRASE).length - 1] as const)
    .filter(([, count]) => count > 0);

  expect(Object.fromEntries(places)).toEqual(
    Object.fromEntries(Object.entries(PLACES).map(([name, meant]) => [name, meant.length])),
  );
  for (const meant of Object.values(PLACES).flat()) expect(documented()).toContain(meant);
});
