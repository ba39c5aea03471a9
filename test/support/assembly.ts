import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What the cloud assembly is made from. */
const INPUTS = ['schema', 'domain', 'resolvers', 'ingest', 'infra', 'package-lock.json', 'cdk.json'];

const root = join(import.meta.dirname, '..', '..');

/** When the newest file at or under `path` was written, in ms since the epoch; 0 when there is none. */
function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Bundle and synthesize once before the tests, so that they run what would be deployed; nothing when it is already there and newer. */
export default function setup(): void {
  const made = newest(join(root, 'cdk.out', 'manifest.json'));
  if (process.env['CI'] === undefined && made > Math.max(...INPUTS.map((input) => newest(join(root, input))))) return;
  if (!existsSync(join(root, 'infra', 'app.ts'))) return;

  const started = performance.now();
  // Validating the template takes longer than all the rest; CI does it.
  const env = { CDK_VALIDATION: process.env['CI'] === undefined ? 'false' : 'true', ...process.env };
  try {
    execFileSync('npm', ['run', '--silent', 'synth'], { cwd: root, env, stdio: 'inherit', shell: process.platform === 'win32' });
  } catch (cause) {
    if (process.env['CI'] !== undefined) throw cause;
    console.error('synth FAILED: tests that need build/ or cdk.out see the old ones, or none');
  }
  console.log(`synthesized cdk.out in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
