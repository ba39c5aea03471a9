import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(join(import.meta.dirname, '..', path), 'utf8');
const json = (path: string) => JSON.parse(read(path)) as Record<string, any>;

const { version, scripts } = json('package.json') as { version: string; scripts: Record<string, string> };

test('the README is read on two screens, its picture included', () => {
  expect(read('README.md').split('\n').length).toBeLessThan(80);
});

test('the newest version of the list of changes is that of the package', () => {
  const versions = [...read('CHANGELOG.md').matchAll(/^## (\d+\.\d+\.\d+)/gm)].map(([, found]) => found);

  expect(versions[0]).toBe(version);
});

test('every task of the editor runs what there is, and every debugger a program', () => {
  const { tasks } = json('.vscode/tasks.json') as { tasks: { label: string; script?: string; command?: string }[] };
  const { configurations } = json('.vscode/launch.json') as { configurations: { program?: string }[] };

  const started = tasks.flatMap(({ command = '' }) => /\S+\.ts$/.exec(command) ?? []);
  const programs = configurations.flatMap(({ program }) => program?.replace('${workspaceFolder}/', '') ?? []);
  expect(tasks.flatMap(({ script }) => script ?? []).filter((script) => !(script in scripts))).toEqual([]);
  expect([...started, ...programs].filter((path) => !existsSync(join(import.meta.dirname, '..', path)))).toEqual([]);
  // As `npm start` starts it, with an inspector.
  expect(tasks.map(({ command }) => command?.replace(' --inspect=127.0.0.1:9229', ''))).toContain(scripts['start']);
});

test('a forge runs what everybody can run, with actions that nobody can change afterwards', () => {
  const workflow = read('.github/workflows/ci.yml');
  const actions = [...workflow.matchAll(/uses: (\S+)/g)].map(([, action = '']) => action);

  expect(workflow).toMatch(/- run: \.ci\/run$/m);
  expect(actions.length).toBeGreaterThan(0);
  expect(actions.filter((action) => !/@[0-9a-f]{40}$/.test(action))).toEqual([]);
});

test('Git hooks are installed on demand alone, in the version that the hooks call', () => {
  const [, called = ''] = /^lefthook: npx --yes (lefthook@\S+)$/m.exec(read('lefthook.yml')) ?? [];
  const { dependencies, devDependencies } = json('package.json');

  expect(scripts['hooks']).toContain(`npx --yes ${called} install`);
  expect(called).toMatch(/@\d+\.\d+\.\d+$/);
  expect({ ...dependencies, ...devDependencies }).not.toHaveProperty('lefthook');
  expect(Object.keys(scripts).filter((name) => /^(pre|post)?(install|prepare)$/.test(name))).toEqual([]);
});
