import autocannon from 'autocannon';
import { processorSeconds } from './machine.ts';

/** A server under load. */
export interface Target {
  readonly url: string;
  /** The processes that do its work. */
  readonly pids: readonly number[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a server did under load, over all its rounds. */
export interface Load {
  readonly requestsPerSecond: number;
  /** The middle one of the rounds' own. @unit milliseconds */
  readonly p50: number;
  /** The middle one of the rounds' own. @unit milliseconds */
  readonly p99: number;
  /** What its processes used for one request, where the system tells. The one number that the load itself does not touch. @unit microseconds */
  readonly work: number | undefined;
}

/** An answer under load was no success, or two servers do not answer alike: there is nothing to compare. */
export class UnequalAnswersError extends Error {
  override readonly name = 'UnequalAnswersError';
  readonly code = 'UNEQUAL_ANSWERS';
}

const CONNECTIONS = 20;
const ROUNDS = 5;

/**
 * Load two servers in turn, so that whatever else the machine does meets both.
 *
 * @param bodies - the requests, which each connection sends in rotation
 * @param seconds - how long a round is; the first of each server is not counted
 * @throws UnequalAnswersError
 */
export async function compareUnderLoad(
  one: Target,
  other: Target,
  bodies: readonly object[],
  seconds: number,
): Promise<readonly [Load, Load]> {
  for (const body of bodies) {
    const [first, second] = await Promise.all([ask(one, body), ask(other, body)]);
    if (first !== second)
      throw new UnequalAnswersError(`two servers answer ${JSON.stringify(body)} otherwise:\n${first}\n${second}`);
  }
  const [ours, theirs] = await loadInTurn(
    [one, other].map((target) => ({ target, bodies })),
    seconds,
  );
  if (ours === undefined || theirs === undefined) throw new TypeError('two targets have two results');
  return [ours, theirs];
}

/** A server, and the requests that each connection sends in rotation. */
export interface LoadTarget {
  readonly target: Target;
  readonly bodies: readonly object[];
}

/**
 * Load one after the other, and all of them again.
 *
 * @param seconds - how long a round is; the first of each is not counted
 * @returns the middle round of each, in their order
 * @throws UnequalAnswersError
 */
export async function loadInTurn(burdens: readonly LoadTarget[], seconds: number, rounds = ROUNDS): Promise<Load[]> {
  const results = burdens.map(() => [] as Load[]);
  for (let round = 0; round <= rounds; round += 1)
    for (const [place, { target, bodies }] of burdens.entries()) {
      const result = await load(target, bodies, seconds);
      if (round > 0) results[place]?.push(result);
    }
  return results.map((each) => ({
    requestsPerSecond: median(each.map(({ requestsPerSecond }) => requestsPerSecond)),
    p50: median(each.map(({ p50 }) => p50)),
    p99: median(each.map(({ p99 }) => p99)),
    work: each.some(({ work }) => work === undefined) ? undefined : median(each.map(({ work = NaN }) => work)),
  }));
}

async function load({ url, headers, pids }: Target, bodies: readonly object[], seconds: number): Promise<Load> {
  const requests = bodies.map((body) => ({
    method: 'POST' as const,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }));
  const before = secondsOf(pids);
  const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds, requests });
  if (result.errors > 0 || result.non2xx > 0)
    throw new UnequalAnswersError(`${url}: ${String(result.errors)} requests failed, ${String(result.non2xx)} were refused`);
  const after = secondsOf(pids);
  const { p50, p99 } = result.latency;
  const { total } = result.requests;
  const work = before === undefined || after === undefined ? undefined : ((after - before) / total) * 1e6;
  return { requestsPerSecond: total / result.duration, p50, p99, work };
}

function secondsOf(pids: readonly number[]): number | undefined {
  let sum = 0;
  for (const pid of pids) {
    const seconds = processorSeconds(pid);
    if (seconds === undefined) return undefined;
    sum += seconds;
  }
  return sum;
}

async function ask({ url, headers = {} }: Target, body: object): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { readonly data?: unknown; readonly errors?: unknown };
  if (answer.data === undefined || answer.data === null || answer.errors !== undefined)
    throw new UnequalAnswersError(`${url} does not answer ${JSON.stringify(body)}: ${JSON.stringify(answer)}`);
  return JSON.stringify(answer.data);
}

/** The least value that at least so many of all do not exceed. @param share - 0 to 1 */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

/** The middle one, or the mean of the middle two. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const half = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(half)] ?? NaN) + (sorted[Math.ceil(half)] ?? NaN)) / 2;
}
