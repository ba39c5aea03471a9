import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claims } from '../../infra/confirm/claims.ts';
import { confirmedPage } from '../../infra/confirm/confirmed-page.ts';
import { readResults, RESULTS_FILE, withoutAccount } from '../../infra/confirm/results.ts';

const root = join(import.meta.dirname, '..', '..');
const ids = claims.map(({ id }) => id);

test('every claim has an id of its own, in lower case with hyphens', () => {
  expect(ids.filter((id) => !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)+$/.test(id))).toEqual([]);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
});

/** `npx vitest run test/confirm/registry.test.ts -u` makes the page anew. */
test('docs/confirmed.md is what the claims and the results make', async () => {
  await expect(confirmedPage(claims, readResults())).toMatchFileSnapshot(join(root, 'docs', 'confirmed.md'));
});

test('words of AWS stand on the page as they are', () => {
  const seen = { outcome: 'differs', seen: 'It said <b>[x](y)</b> #1 | *no*', when: '2026-11-30', region: 'us-east-1' } as const;
  const [first] = claims;

  const page = confirmedPage(claims, { [first!.id]: seen });

  expect(page).toContain(String.raw`- Seen 2026-11-30, us-east-1: differs. It said \<b\>\[x\](y)\</b\> \#1 \| \*no\*`);
  expect(page).toContain(`1 of ${String(claims.length)} are settled.`);
});

test('results are of claims that there are, and name no account', () => {
  const text = readFileSync(RESULTS_FILE, 'utf8');

  expect(Object.keys(readResults()).filter((id) => !ids.includes(id))).toEqual([]);
  expect(withoutAccount(text)).toBe(text.replaceAll(/\s+/g, ' ').trim());
});

const ROOMS = ['domain', 'resolvers', 'warehouse', 'ingest', 'infra', 'sdk', 'local', 'demo', 'bench', 'docs', 'test'];

test('every id that code or docs speak of is a claim', () => {
  const files = ROOMS.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(?:ts|md|sql|py)$/.test(path))
      .map((path) => join(root, room, path)),
  );
  const spoken = [join(root, 'README.md'), ...files].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/confirmed\.md#([\w-]+)/g)].map(([, id = '']) => id),
  );

  expect(spoken.length).toBeGreaterThan(0);
  expect(spoken.filter((id) => !ids.includes(id))).toEqual([]);
});
