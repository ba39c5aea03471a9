import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const { resolve } = createRequire(import.meta.url);

const packageIn = (folder: string) =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly workspaces?: readonly string[];
  };

/** The packages of this repository, by name. */
const packages = (packageIn('.').workspaces ?? []).map((folder) => packageIn(folder).name);

/** What a module evaluates: an import of types alone leaves nothing behind. */
const IMPORT = /^(?:import|export) (?!type )(?:([^;']*?) from )?'([^']+)'|\bimport\('([^']+)'\)/gm;

/** What an import names, such as `{ readOptions, type Outputs as O }`. */
const namesIn = (clause: string): readonly string[] => [...clause.matchAll(/(?<=[{,]\s*)(?!type )\w+/g)].map(([name]) => name);

interface Import {
  readonly from: string;
  /** Undefined: all of it. */
  readonly names?: readonly string[];
}

const importsIn = (text: string): readonly Import[] =>
  [...text.matchAll(IMPORT)].map(([, clause = '', from, dynamic]) =>
    from === undefined || !clause.includes('{') ? { from: from ?? dynamic ?? '' } : { from, names: namesIn(clause) },
  );

const texts = new Map<string, string>();

function textOf(path: string): string {
  const text = texts.get(path) ?? readFileSync(join(root, path), 'utf8');
  texts.set(path, text);
  return text;
}

/** A file of this repository, as a path from the root, that a file there imports; undefined for packages from elsewhere. */
function fileOf(from: string, importer: string): string | undefined {
  if (from.startsWith('.')) return relative(root, join(root, dirname(importer), from)).replaceAll('\\', '/');
  if (!packages.some((name) => from === name || from.startsWith(`${name}/`))) return undefined;
  return relative(root, resolve(from)).replaceAll('\\', '/');
}

/** The index of a package loads much that most of those who import it never call: what counts is what stands with the names. */
function partOf(index: string, names: readonly string[]): string {
  const statements = textOf(index).split(/^(?=export |import )/m);
  const exporting = (name: string) => (statement: string) =>
    new RegExp(`^export (?:(?:async )?(?:const|function|class) ${name}\\b|\\{[^}]*\\b${name}\\b)`).test(statement);
  return names.flatMap((name) => statements.filter(exporting(name))).join('');
}

/**
 * How a file comes to start processes: the files from it to the one that imports `node:child_process`; undefined when none does.
 *
 * PostgreSQL, the stack, Spark and the commands all begin there. So a test file without such a way needs none of them.
 */
export function wayToProcesses(file: string): readonly string[] | undefined {
  const seen = new Set([file]);
  const open: { readonly way: readonly string[]; readonly path: string; readonly text: string }[] = [
    { way: [file], path: file, text: textOf(file) },
  ];
  for (const { way, path, text } of open)
    for (const { from, names } of importsIn(text)) {
      if (from === 'node:child_process') return way;
      const to = fileOf(from, path);
      if (to === undefined || !to.endsWith('.ts') || !existsSync(join(root, to))) continue;
      const isPart = packages.includes(from) && names !== undefined;
      const key = isPart ? `${to} ${names.join(',')}` : to;
      if (seen.has(key)) continue;
      seen.add(key);
      open.push({ way: [...way, to], path: to, text: isPart ? partOf(to, names) : textOf(to) });
    }
  return undefined;
}

/** Every test file of these folders, as a path from the root. */
export const testFilesIn = (...folders: readonly string[]): readonly string[] =>
  folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts') && !name.includes('node_modules'))
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  );

/** Whether a test file says, in its first line, that it takes seconds, and of what. */
export const isSlow = (file: string): boolean => textOf(file).startsWith('// Slow: ');
