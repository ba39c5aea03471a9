import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What a deployment tells of the stack: its outputs, by name. */
export type Outputs = Readonly<Record<string, string>>;

export type StageName = 'lean' | 'dev';

export interface Deployment {
  readonly stage: StageName;
  /** The twelve digits of the run. */
  readonly run: string;
  readonly stackName: string;
  readonly region: string;
  /** Is given what the command prints, line by line. */
  onLine(this: void, line: string): void;
}

/** Deploys a stack, as `npm run deploy` does. */
export type Deploy = (deployment: Deployment) => Promise<Outputs>;

/** The CDK's command has failed. */
export class DeployFailedError extends Error {
  override readonly name = 'DeployFailedError';
  readonly code = 'DEPLOY_FAILED';

  constructor(
    readonly stackName: string,
    readonly exitCode: number | null,
    /** The last lines that it printed. */
    readonly printed: readonly string[],
  ) {
    super(`cdk deploy of ${stackName} ended with ${String(exitCode)}: ${printed.join(' / ')}`);
  }
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const LAST_LINES = 6;

/** Deploys by the CDK's command, in a process of its own. @param signal - ends the command; what it has begun in the account goes on */
export const deployByCdk =
  (signal: AbortSignal): Deploy =>
  async ({ stage, run, stackName, region, onLine }) => {
    const directory = await mkdtemp(join(tmpdir(), 'tillgraph-confirm-'));
    const file = join(directory, 'outputs.json');
    const context = ['-c', `stage=${stage}`, '-c', `confirm=${run}`];
    const flags = ['--require-approval', 'never', '--progress', 'events', '--output', join(directory, 'cdk.out')];
    try {
      const child = spawn('npx', ['cdk', 'deploy', stackName, '--outputs-file', file, ...context, ...flags], {
        cwd: ROOT,
        env: { ...process.env, AWS_REGION: region },
        stdio: ['ignore', 'pipe', 'pipe'],
        signal,
      });
      const ended = once(child, 'close') as Promise<[number | null]>;
      const last: string[] = [];
      for (const stream of [child.stdout, child.stderr])
        createInterface({ input: stream }).on('line', (line) => {
          if (line.trim() === '') return;
          last.splice(0, Math.max(0, last.push(line.trim()) - LAST_LINES));
          onLine(line.trim());
        });
      const [exitCode] = await ended;
      if (exitCode !== 0) throw new DeployFailedError(stackName, exitCode, last);
      const outputs = JSON.parse(await readFile(file, 'utf8')) as Readonly<Record<string, Outputs>>;
      return outputs[stackName] ?? {};
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  };
