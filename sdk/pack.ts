import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where the package is made, ready for `npm pack` and `npm publish`. */
export const sdkPackage = join(root, 'dist', 'sdk');

/** What can be imported: the client, and what joins it to Apollo Client. */
const ENTRIES = ['sdk/index.ts', 'sdk/apollo.ts'];

/** The package's own file, which is published without what only this repository needs, and with its `publishConfig` applied. */
interface PackageFile {
  readonly private: boolean;
  readonly imports: object;
  readonly publishConfig: object;
  readonly devDependencies: object;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/**
 * Make the SDK a package of its own: JavaScript for Node (ESM and CommonJS) and for browsers, and its types.
 *
 * @param directory - is emptied first
 */
export async function packSdk(directory = sdkPackage): Promise<void> {
  const own = JSON.parse(await readFile(join(root, 'sdk', 'package.json'), 'utf8')) as PackageFile;
  const external = [...Object.keys(own.dependencies), ...Object.keys(own.peerDependencies)];
  await rm(directory, { recursive: true, force: true });
  await Promise.all([
    bundle('node', { format: 'esm', outdir: join(directory, 'esm'), entryPoints: ENTRIES, external }),
    bundle('node', { format: 'cjs', outdir: join(directory, 'cjs'), entryPoints: ENTRIES, external }),
    bundle('browser', { format: 'esm', outdir: join(directory, 'browser'), entryPoints: ['sdk/index.ts'], external }),
  ]);
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  };
  const copy = async (from: string, name: string) => write(name, await readFile(join(root, from), 'utf8'));
  // Twice, because TypeScript reads from the next package.json above whether types are those of an ES module.
  for (const [name, text] of declarations()) for (const format of ['esm', 'cjs']) await write(join(format, 'types', name), text);
  await write(join('cjs', 'package.json'), asJson({ type: 'commonjs' }));
  await write('package.json', asJson(published(own)));
  await copy('sdk/README.md', 'README.md');
  await copy('sdk/CHANGELOG.md', 'CHANGELOG.md');
  await copy('LICENSE', 'LICENSE');
  // In one file, because codegen and gql.tada need a schema that is whole.
  const schema = ['appsync.graphql', 'schema.graphql'].map((name) => readFile(join(root, 'schema', name), 'utf8'));
  await write('schema.graphql', (await Promise.all(schema)).join('\n'));
}

const asJson = (value: object) => `${JSON.stringify(value, null, 2)}\n`;

function bundle(platform: 'node' | 'browser', options: BuildOptions) {
  return build({
    absWorkingDir: root,
    bundle: true,
    platform,
    target: platform === 'node' ? 'node20' : 'es2022',
    alias: { '#sdk/platform': join(root, 'sdk', 'platform', `${platform}.ts`) },
    // Names stay, for stack traces and for `error.name`.
    keepNames: true,
    logLevel: 'warning',
    ...options,
  });
}

/** The types, by file name: only what can be reached from the index. */
function declarations(): Map<string, string> {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (name) => ts.sys.readFile(name));
  const { options } = ts.parseJsonConfigFileContent(
    { ...(config.config as object), include: [], files: [...ENTRIES] },
    ts.sys,
    root,
  );
  const program = ts.createProgram(
    ENTRIES.map((name) => join(root, name)),
    {
      ...options,
      ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: root, outDir: root, stripInternal: true },
    },
  );
  const made = new Map<string, string>();
  program.emit(undefined, (name, text) => made.set(name.slice(root.length), text.replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'")));
  return reachable(made, 'sdk/apollo.d.ts', reachable(made, 'sdk/index.d.ts'));
}

function reachable(files: ReadonlyMap<string, string>, from: string, found = new Map<string, string>()): Map<string, string> {
  const text = files.get(from);
  if (text === undefined || found.has(from)) return found;
  found.set(from, text);
  for (const [, to = ''] of text.matchAll(/from ["'](\.[^"']*)\.js["']/g))
    reachable(files, join(dirname(from), `${to}.d.ts`), found);
  return found;
}

/** As pnpm does, and npm does not: what stands in `publishConfig` takes the place of what the repository uses. */
function published({ private: _private, imports: _imports, devDependencies: _dev, publishConfig, ...rest }: PackageFile) {
  return { ...rest, ...publishConfig };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await packSdk();
