import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WarehouseReader } from '../../demo/warehouse.ts';
import { writeGeneratedCsv } from '../../ingest/replay/generator.ts';
import { newDirectory, removeDirectory, startStack, type Stack } from '../support/stack.ts';

const root = join(import.meta.dirname, '..', '..');
const pages = ['README.md', ...['docs', 'docs/bi', 'docs/decisions'].flatMap((folder) => pagesOf(folder))];

function pagesOf(folder: string): string[] {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith('.md'));
  return names.map((name) => `${folder}/${name}`);
}

const blocksOf = (page: string) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^```(?:sh|bash|shell|console)([^\n]*)\n(.*?)^```$/gms)].map(
    ([, mark = '', text = '']) => ({ page, mark: mark.trim(), text }),
  );

const blocks = pages.flatMap(blocksOf);

/** A file as another shop writes it. */
const SHOP = `Rechnung;StockCode;Description;Quantity;InvoiceDate;Preis;CustomerID;Country
890001;85123A;CLOCK;6;31/12/2011 08:26;2,55;17850;Austria
890002;22633;HAND WARMER;1;01/12/2011 09:00;1,85;13047;Austria
`;
const layoutIn = (page: string) => /^```json\n(\{\n +"map".*?)^```$/ms.exec(readFileSync(join(root, page), 'utf8'))?.[1] ?? '';

let stack: Stack;
/** The project's folder, with this stack as the one of `npm start` and of the demo. */
let folder: string;
beforeAll(async () => {
  const data = newDirectory();
  stack = await startStack(data);
  const file = join(data, 'rows.csv');
  await writeGeneratedCsv(file, { rows: 2_000 });
  const command = ['--import', 'tsx', 'ingest/replay/cli.ts', file, '--data', data];
  expect(spawnSync(process.execPath, command, { cwd: root }).status).toBe(0);
  const reader = new WarehouseReader(stack.outputs);
  await reader.caughtUp(true);
  reader.close();
  folder = mkdtempSync(join(tmpdir(), 'project-'));
  for (const name of readdirSync(root).filter((name) => !name.startsWith('.local')))
    symlinkSync(join(root, name), join(folder, name));
  for (const name of ['.local', '.local-demo']) symlinkSync(data, join(folder, name));
  writeFileSync(join(folder, 'shop.csv'), SHOP);
  writeFileSync(join(folder, 'layout.json'), layoutIn('docs/import.md'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stack.stop();
  removeDirectory(stack.directory);
});

test('every block of commands runs here, needs an account, or is run by a longer test', () => {
  const marked = (mark: string) => blocks.filter((block) => block.mark === mark).length;

  expect({ aws: marked('aws'), whole: marked('whole') }).toEqual({ aws: 12, whole: 2 });
  expect(blocks.filter(({ mark }) => !['', 'aws', 'whole'].includes(mark))).toEqual([]);
});

test.each([...new Set(blocks.filter(({ mark }) => mark === '').map(({ page }) => page))])('the commands of %s run', (page) => {
  const script = blocks
    .filter((block) => block.page === page && block.mark === '')
    .map(({ text }) => text.replaceAll('http://127.0.0.1:4000/graphql', stack.outputs.graphqlUrl))
    .join('\n');
  for (const program of ['aws', 'psql', 'curl'])
    if (new RegExp(`^${program} `, 'm').test(script) && spawnSync(program, ['--version']).error !== undefined) {
      console.warn(`SKIPPED: ${program} is not on this machine, and ${page} needs it`);
      return;
    }

  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    input: '',
  });

  expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: expect.not.stringMatching(/error/i) as string });
  // Whoever pastes them sees data.
  expect(stdout).not.toMatch(/\(0 rows\)|"items": ?\[\]|"errors"/);
});
