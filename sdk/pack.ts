import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where the package is made, ready for `npm pack` and `npm publish`. */
export const sdkPackage = join(root, 'dist', 'sdk');

/** What the package needs, and what whoever uses it brings along. */
const DEPENDENCIES = ['@smithy/signature-v4'];
const PEERS = ['@apollo/client', 'graphql', 'rxjs'];
/** Asked for the keys of whoever runs the program, where `connectionFrom` finds none. */
const OPTIONAL_PEERS = ['@aws-sdk/credential-provider-node'];

interface PackageFile {
  readonly version: string;
  readonly license: string;
  readonly engines: object;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * Make the SDK a package of its own: JavaScript for Node (ESM and CommonJS) and for browsers, and its types.
 *
 * @param directory - is emptied first
 */
export async function packSdk(directory = sdkPackage): Promise<void> {
  const own = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as PackageFile;
  await rm(directory, { recursive: true, force: true });
  await Promise.all([
    bundle('node', { format: 'esm', outfile: join(directory, 'esm', 'index.js') }),
    bundle('node', { format: 'cjs', outfile: join(directory, 'cjs', 'index.js') }),
    bundle('browser', { format: 'esm', outfile: join(directory, 'browser', 'index.js') }),
  ]);
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  };
  // Twice, because TypeScript reads from the next package.json above whether types are those of an ES module.
  for (const [name, text] of declarations()) for (const format of ['esm', 'cjs']) await write(join(format, 'types', name), text);
  await write(join('cjs', 'package.json'), asJson({ type: 'commonjs' }));
  await write('package.json', asJson(manifest(own)));
  await write('README.md', README);
  await write('LICENSE', await readFile(join(root, 'LICENSE'), 'utf8'));
}

const asJson = (value: object) => `${JSON.stringify(value, null, 2)}\n`;

function bundle(platform: 'node' | 'browser', options: BuildOptions) {
  return build({
    absWorkingDir: root,
    entryPoints: ['sdk/index.ts'],
    bundle: true,
    platform,
    target: platform === 'node' ? 'node20' : 'es2022',
    alias: { '#sdk/platform': join(root, 'sdk', 'platform', `${platform}.ts`) },
    external: [...DEPENDENCIES, ...PEERS, ...OPTIONAL_PEERS],
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
    { ...(config.config as object), include: [], files: ['sdk/index.ts'] },
    ts.sys,
    root,
  );
  const program = ts.createProgram([join(root, 'sdk', 'index.ts')], {
    ...options,
    ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: root, outDir: root, stripInternal: true },
  });
  const made = new Map<string, string>();
  program.emit(undefined, (name, text) => made.set(name.slice(root.length), text.replaceAll(/(from '\.[^']*)\.ts'/g, "$1.js'")));
  return reachable(made, 'sdk/index.d.ts');
}

function reachable(files: ReadonlyMap<string, string>, from: string, found = new Map<string, string>()): Map<string, string> {
  const text = files.get(from);
  if (text === undefined || found.has(from)) return found;
  found.set(from, text);
  for (const [, to = ''] of text.matchAll(/from ["'](\.[^"']*)\.js["']/g))
    reachable(files, join(dirname(from), `${to}.d.ts`), found);
  return found;
}

function manifest({ version, license, engines, dependencies }: PackageFile) {
  const ranges = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, `^${dependencies[name] ?? ''}`]));
  const [esm, cjs] = ['esm', 'cjs'].map((format) => ({
    types: `./${format}/types/sdk/index.d.ts`,
    default: `./${format}/index.js`,
  }));
  return {
    name: 'tillgraph-sdk',
    version,
    description: 'A typed client for the GraphQL API of tillgraph.',
    license,
    type: 'module',
    engines,
    sideEffects: false,
    exports: {
      '.': { browser: { types: esm?.types, default: './browser/index.js' }, import: esm, require: cjs },
      './package.json': './package.json',
    },
    // For those who do not read `exports`.
    main: cjs?.default,
    types: cjs?.types,
    dependencies: ranges(DEPENDENCIES),
    peerDependencies: ranges([...PEERS, ...OPTIONAL_PEERS]),
    peerDependenciesMeta: Object.fromEntries(OPTIONAL_PEERS.map((name) => [name, { optional: true }])),
  };
}

const README = `# tillgraph-sdk

A typed client for the GraphQL API of tillgraph: typed calls, retries, iterators over pages. For Node and for browsers.

\`\`\`sh
npm install tillgraph-sdk @apollo/client graphql rxjs
\`\`\`

\`\`\`ts
import { connect } from 'tillgraph-sdk';

const tillgraph = connect({ url: 'https://….appsync-api.us-east-1.amazonaws.com/graphql', apiKey: 'da2-…' });

const { rows } = await tillgraph.sales({ groupBy: ['MONTH'] });
for (const { month, revenue } of rows) console.log(month, revenue);

tillgraph.close();
\`\`\`

An API key reads. To send, give \`credentials\` of AWS: keys, or a function such as those of \`@aws-sdk/credential-providers\`.
In Node, \`connect(connectionFrom('outputs.json'))\` takes what \`cdk deploy --outputs-file outputs.json\` has written, with the usual
chain of AWS credentials if \`@aws-sdk/credential-provider-node\` is installed.
`;

if (process.argv[1] === fileURLToPath(import.meta.url)) await packSdk();
