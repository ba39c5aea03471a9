import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readSettings, type Settings } from '../settings.ts';
import { AssemblyError } from './errors.ts';

const OUTPUT = 'cdk.out';
/** Of what, for us, the assembly in `cdk.out` was made; another context or older sources give another text. */
const FINGERPRINT = 'local-fingerprint.txt';

export interface SynthesisHome {
  readonly accountId: string;
  readonly region: string;
  /** Values before those of `cdk.json`, as `-c` of the CDK CLI gives them. */
  readonly context?: Readonly<Record<string, string>>;
}

interface Fingerprint {
  readonly context: Readonly<Record<string, string>>;
  readonly sources: string;
}

/**
 * The assembly that was made last with this context.
 *
 * @returns its directory, and whether no source has changed since; undefined when there is none
 */
export function presentAssembly(
  root: string,
  home: Pick<SynthesisHome, 'context'>,
): { readonly directory: string; readonly isCurrent: boolean } | undefined {
  const directory = join(root, OUTPUT);
  const made = readFingerprint(directory);
  const settings = readSettings(root);
  const context = { ...settings.context, ...home.context };
  if (made === undefined || JSON.stringify(made.context) !== JSON.stringify(context)) return undefined;
  return { directory, isCurrent: settings.sources !== undefined && made.sources === sourcesOf(root, directory, settings) };
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
  { accountId, region, context: asked }: SynthesisHome,
  log: (line: string) => void,
): Promise<string> {
  const directory = join(root, OUTPUT);
  const settings = readSettings(root);
  const own = { ...settings.context, ...asked };
  if (presentAssembly(root, { context: own })?.isCurrent === true) return directory;
  const { app, context = {} } = readCdkJson(root);
  const started = performance.now();
  const child = spawn(app, {
    cwd: root,
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      CDK_OUTDIR: OUTPUT,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...own }),
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
  const made: Fingerprint = { context: own, sources: sourcesOf(root, directory, settings) };
  writeFileSync(join(directory, FINGERPRINT), JSON.stringify(made));
  log(`synthesized ${OUTPUT} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return directory;
}

function readFingerprint(directory: string): Fingerprint | undefined {
  const path = join(directory, FINGERPRINT);
  if (!existsSync(path) || !existsSync(join(directory, 'manifest.json'))) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Fingerprint;
  } catch {
    // Of an older version, or written by half.
    return undefined;
  }
}

function readCdkJson(root: string): { readonly app: string; readonly context?: Readonly<Record<string, unknown>> } {
  const path = join(root, 'cdk.json');
  if (!existsSync(path))
    throw new AssemblyError(root, 'no cdk.json: run this where the app is, or give --assembly the directory of a cloud assembly');
  const { app, context } = JSON.parse(readFileSync(path, 'utf8')) as { app?: string; context?: Record<string, unknown> };
  if (app === undefined) throw new AssemblyError(root, 'cdk.json has no "app": write the command that synthesizes');
  return { app, ...(context && { context }) };
}

function sourcesOf(root: string, directory: string, { sources = [] }: Settings): string {
  const hash = createHash('sha256');
  for (const input of sources) include(join(root, input), hash);
  include(join(directory, 'manifest.json'), hash);
  return hash.digest('hex');
}

function include(path: string, hash: ReturnType<typeof createHash>): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (stats.isDirectory()) for (const name of readdirSync(path).sort()) include(join(path, name), hash);
  else hash.update(`${path} ${String(stats.mtimeMs)} ${String(stats.size)}\n`);
}
