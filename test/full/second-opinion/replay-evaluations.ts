import { readFileSync } from 'node:fs';
import { sign } from '@tillgraph/local-aws';
import { withoutPairs } from './surrogate-pairs.ts';
import { join } from 'node:path';
import { CREDENTIALS, REGION } from './ministack.ts';
import { BUNDLES, type Outcome, type Recorded } from './record-evaluations.ts';

/** How many of each handler are evaluated again: the first ones of different contexts. */
const OF_EACH = 40;

/** What was recorded, without repetitions. */
export function readRecorded(file: string): Recorded[] {
  const taken = new Map<string, number>();
  const lines = new Set(readFileSync(file, 'utf8').split('\n').slice(0, -1));
  return [...lines]
    .map((line) => JSON.parse(line) as Recorded)
    .filter(({ bundle, handler }) => {
      const before = taken.get(`${bundle} ${handler}`) ?? 0;
      taken.set(`${bundle} ${handler}`, before + 1);
      return before < OF_EACH;
    });
}

interface Evaluated {
  readonly evaluationResult?: string;
  readonly error?: { readonly message: string };
  readonly logs?: readonly string[];
}

/** Evaluate by the API's EvaluateCode. */
export async function evaluateThere(url: string, { bundle, handler, context }: Recorded): Promise<Outcome> {
  const body = JSON.stringify({
    runtime: { name: 'APPSYNC_JS', runtimeVersion: '1.0.0' },
    code: withoutPairs(readFileSync(join(BUNDLES, `${bundle}.js`), 'utf8')),
    context: JSON.stringify(context),
    function: handler,
  });
  const address = `${url}/v1/dataplane-evaluatecode`;
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', url: address, headers, body, credentials: CREDENTIALS, region: REGION, service: 'appsync' };
  const { host: _host, ...signed } = sign(request);
  const answer = await fetch(address, { method: 'POST', headers: { ...headers, ...signed }, body });
  if (!answer.ok) return { error: `the evaluation itself fails with ${String(answer.status)}`, appended: [] };
  const { evaluationResult, error, logs = [] } = (await answer.json()) as Evaluated;
  const appended = logs.map((text) => text.replace('appendError: ', ''));
  return error === undefined
    ? { value: JSON.parse(evaluationResult ?? 'null') as unknown, appended }
    : { error: error.message, appended };
}
