import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { AssemblyError } from './errors.ts';

/** What an assembly is made from, besides installed packages. */
const INPUTS = ['infra', 'resolvers', 'ingest', 'domain', 'warehouse', 'schema', 'cdk.json', 'package.json'];
const OUTPUT = 'cdk.out';
/** Of what, for us, the assembly in `cdk.out` was made; another stage or older sources give another text. */
const FINGERPRINT = 'local-fingerprint.txt';
/** The one stage that is meant to run on a machine. */
const CONTEXT = { stage: 'dev' };

export interface SynthesisHome {
  readonly accountId: string;
  readonly region: string;
}

/**
 * The app's cloud assembly, made anew when a source has changed since: with the command of `cdk.json`, as the CDK CLI would run it.
 *
 * @param root - where `cdk.json` is
 * @returns its directory
 * @throws AssemblyError with what the command printed
 */
export async function synthesize(
  root: string,
  { accountId, region }: SynthesisHome,
  log: (line: string) => void,
): Promise<string> {
  const directory = join(root, OUTPUT);
  if (isCurrent(root, directory)) return directory;
  const { app, context = {} } = readCdkJson(root);
  const started = performance.now();
  const child = spawn(app, {
    cwd: root,
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      CDK_OUTDIR: OUTPUT,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...CONTEXT }),
      CDK_DEFAULT_ACCOUNT: accountId,
      CDK_DEFAULT_REGION: region,
      // The rules that deployments are checked against take longer than everything else; `npm run synth` has them.
      CDK_VALIDATION: 'false',
    },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new AssemblyError(root, `\`${app}\` ended with ${String(code)}:\n${printed.trim()}`);
  writeFileSync(join(directory, FINGERPRINT), fingerprint(root, directory));
  log(`synthesized ${OUTPUT} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return directory;
}

function isCurrent(root: string, directory: string): boolean {
  const path = join(directory, FINGERPRINT);
  return (
    existsSync(path) &&
    existsSync(join(directory, 'manifest.json')) &&
    readFileSync(path, 'utf8') === fingerprint(root, directory)
  );
}

function readCdkJson(root: string): { readonly app: string; readonly context?: Readonly<Record<string, unknown>> } {
  const path = join(root, 'cdk.json');
  if (!existsSync(path))
    throw new AssemblyError(root, 'no cdk.json: run this where the app is, or give --assembly the directory of a cloud assembly');
  const { app, context } = JSON.parse(readFileSync(path, 'utf8')) as { app?: string; context?: Record<string, unknown> };
  if (app === undefined) throw new AssemblyError(root, 'cdk.json has no "app": write the command that synthesizes');
  return { app, ...(context && { context }) };
}

function fingerprint(root: string, directory: string): string {
  const hash = createHash('sha256').update(JSON.stringify(CONTEXT));
  for (const input of INPUTS) include(join(root, input), hash);
  include(join(directory, 'manifest.json'), hash);
  return hash.digest('hex');
}

function include(path: string, hash: ReturnType<typeof createHash>): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (stats.isDirectory()) for (const name of readdirSync(path).sort()) include(join(path, name), hash);
  else hash.update(`${path} ${String(stats.mtimeMs)} ${String(stats.size)}\n`);
}
