import { existsSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundle } from 'esbuild';
import { fields, type Wiring } from '../resolvers/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where bundles go, and where the stack reads them. */
export const buildDirectory = join(root, 'build');

/** Every resolver and step, by the name its source (`resolvers/<name>.ts`) and its bundle (`build/resolvers/<name>.js`) share. */
export const resolvers = [
  ...new Set(
    Object.entries<Wiring>(fields).flatMap(([field, wiring]) =>
      typeof wiring === 'string' ? [field] : [field, ...wiring.map(([step]) => step)],
    ),
  ),
];

/** Every Lambda function, by the name its source (`ingest/handlers/<name>.ts`) and its bundle (`build/functions/<name>/`) share. */
export const functions = [
  'raw-writer',
  'store-writer',
  'delivery-judge',
  'transactions-door',
  'warehouse-loader',
  'warehouse-migrator',
  'import-starter',
] as const;

/** The name of a Lambda function. */
export type FunctionName = (typeof functions)[number];

/** The folders of `warehouse/` whose SQL files a function finds beside its bundle. */
const sql: Partial<Record<FunctionName, readonly string[]>> = {
  'warehouse-loader': ['load', 'load-errors', 'refresh'],
  'warehouse-migrator': ['migrations'],
};

/** A bundle has no source. */
export class MissingSourceError extends Error {
  override readonly name = 'MissingSourceError';
  readonly code = 'MISSING_SOURCE';

  constructor(readonly files: readonly string[]) {
    super(`write ${files.join(', ')}: resolvers/index.ts or infra/build.ts names what is not there`);
  }
}

/**
 * Bundle every resolver and Lambda function into `directory`.
 *
 * Maps lie beside the bundles and are not deployed: a resolver's code may have 32,768 characters, its inline map included.
 *
 * @throws MissingSourceError
 */
export async function build(directory = buildDirectory): Promise<void> {
  const resolverSource = (name: string) => join('resolvers', `${name}.ts`);
  const functionSource = (name: string) => join('ingest', 'handlers', `${name}.ts`);
  const folders = Object.values(sql).flatMap((names) => names.map((name) => join('warehouse', name)));
  const missing = [...resolvers.map(resolverSource), ...functions.map(functionSource), ...folders].filter(
    (file) => !existsSync(join(root, file)),
  );
  if (missing.length > 0) throw new MissingSourceError(missing);

  // Made beside and then put in place: who reads meanwhile sees the old bundles or the new ones, never some of each.
  const fresh = `${directory}.${String(process.pid)}`;
  await rm(fresh, { recursive: true, force: true });
  await Promise.all([
    bundle({
      absWorkingDir: root,
      entryPoints: resolvers.map((name) => ({ in: resolverSource(name), out: name })),
      outdir: join(fresh, 'resolvers'),
      bundle: true,
      format: 'esm',
      platform: 'node',
      // A lower target, or minifying, would bring in syntax that APPSYNC_JS refuses.
      target: 'esnext',
      external: ['@aws-appsync/utils'],
      sourcemap: 'external',
      logLevel: 'warning',
    }),
    bundle({
      absWorkingDir: root,
      entryPoints: functions.map((name) => ({ in: functionSource(name), out: `${name}/index` })),
      outdir: join(fresh, 'functions'),
      outExtension: { '.js': '.mjs' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: ['node22', 'es2022'],
      mainFields: ['module', 'main'],
      // The SDK is bundled, because the version which Lambda provides changes without us; names stay, for stack traces.
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: 'none',
      sourcemap: 'external',
      logLevel: 'warning',
      banner: {
        js: "import{createRequire as tillgraphRequire}from'node:module';const require=tillgraphRequire(import.meta.url);",
      },
    }),
  ]);
  for (const [name, folders] of Object.entries(sql))
    for (const folder of folders)
      await cp(join(root, 'warehouse', folder), join(fresh, 'functions', name, 'warehouse', folder), {
        recursive: true,
        filter: (path) => ['', '.sql'].includes(extname(path)),
      });
  if (existsSync(directory)) await rename(directory, `${fresh}.old`);
  await rename(fresh, directory);
  await rm(`${fresh}.old`, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await build();
  } catch (error) {
    if (!(error instanceof MissingSourceError)) throw error;
    console.error(`${error.code}: ${error.message}`);
    process.exitCode = 1;
  }
}
