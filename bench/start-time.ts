import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { outputsFileOf, readOutputs } from '@tillgraph/local-aws';
import { median } from './load.ts';
import { processorTime, type ProcessorTime } from './machine.ts';

/** From typing `npm start` until the GraphQL API answers, on an empty data directory. */
export interface StartTime {
  /** With the template there. @unit seconds */
  readonly seconds: number;
  /** With the template to be made first, as after a change. @unit seconds */
  readonly withSynthesis: number;
  /** With the template there, until then; absent where the system does not tell. @unit processor seconds */
  readonly work: ProcessorTime | undefined;
}

const ROOT = join(import.meta.dirname, '..');
/** Without it the template is made anew. */
const FINGERPRINT = join(ROOT, 'cdk.out', 'local-fingerprint.txt');
const STARTS = 3;

/** Starts one after the other, and takes the middle one of three. */
export async function startTime(directory: string): Promise<StartTime> {
  const withSynthesis: number[] = [];
  const current: OneStart[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    rmSync(FINGERPRINT, { force: true });
    withSynthesis.push((await oneStart(directory)).seconds);
    current.push(await oneStart(directory));
  }
  const seconds = median(current.map((start) => start.seconds));
  const { work } = current.find((start) => start.seconds === seconds) ?? {};
  return { seconds, withSynthesis: median(withSynthesis), work };
}

interface OneStart {
  readonly seconds: number;
  readonly work: ProcessorTime | undefined;
}

async function oneStart(directory: string): Promise<OneStart> {
  const data = mkdtempSync(join(directory, 'start-'));
  const started = performance.now();
  const npm = spawn('npm', ['start', '--', '--data', data, '--port', '0'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(npm, 'exit');
  const { graphqlUrl = '', apiKey = '', pid } = readOutputs(await outputsFileOf(npm.stdout));
  const answer = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify({ query: '{ __typename }' }),
  });
  const text = await answer.text();
  const seconds = (performance.now() - started) / 1000;
  const work = processorTime(pid);
  npm.stdout.resume();
  process.kill(pid, 'SIGINT');
  await ended;
  if (text !== '{"data":{"__typename":"Query"}}') throw new Error(`the API answers ${text}`);
  return { seconds, work };
}
