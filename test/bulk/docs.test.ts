import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importOptions } from '../../ingest/bulk/options.ts';
import { rebuildOptions } from '../../ingest/bulk/rebuild-options.ts';

const pages = ['docs/import.md', 'docs/commands.md'].map((page) =>
  readFileSync(join(import.meta.dirname, '..', '..', page), 'utf8'),
);

/** What stands behind `npm run <script> --` in the documentation. */
const commands = (script: string) =>
  pages.flatMap((page) =>
    [...page.matchAll(new RegExp(`npm run ${script} -- ([^\`|#\\n]+)`, 'g'))].map(([, words = '']) => words.trim().split(/\s+/)),
  );

test('every import of the documentation is a command line that is understood', () => {
  const found = commands('import');

  expect(found.length).toBeGreaterThan(3);
  for (const words of found) expect(importOptions(words), words.join(' ')).toBeDefined();
});

test('every rebuild of the documentation is a command line that is understood', () => {
  const found = commands('rebuild');

  expect(found.length).toBeGreaterThan(1);
  for (const words of found) expect(rebuildOptions(words), words.join(' ')).toBeDefined();
});
