import { isDeepStrictEqual } from 'node:util';
import { loadCodeEvaluator } from '@tillgraph/local-aws';
import { differs, holds, type Seen } from '../claim.ts';
import type { OfflinePlace } from './place.ts';
import { contextText, recordedContexts } from './recorded-contexts.ts';

/** What an evaluation came to, without what differs from one moment to the next. */
interface Comparable {
  readonly result: unknown;
  readonly stash: unknown;
  readonly error: string | undefined;
  readonly complaints: unknown;
}

/** Every handler of every bundle, on AppSync's own runtime and on the local one. */
export async function bundlesRunAlike({ aws, bundle, progress }: OfflinePlace): Promise<Seen> {
  const contexts = recordedContexts();
  const evaluator = await loadCodeEvaluator();
  const differences: string[] = [];
  for (const [done, recorded] of contexts.entries()) {
    progress(done, contexts.length);
    const asked = { code: bundle(recorded.name), context: contextText(recorded), function: recorded.handler };
    const here = evaluator.evaluate(asked);
    const there = await aws('appsync:EvaluateCode', { ...asked, runtime: { name: 'APPSYNC_JS', runtimeVersion: '1.0.0' } });
    const difference = differenceOf(
      comparable(here),
      comparable({
        ...there,
        error: (there.error?.codeErrors ?? []).length > 0 ? { message: 'the code is refused' } : there.error,
      }),
    );
    if (difference !== undefined)
      differences.push(`${recorded.name} ${recorded.handler} (context ${String(done + 1)}): ${difference}`);
  }
  const bundles = new Set(contexts.map(({ name }) => name)).size;
  const all = `${String(contexts.length)} evaluations of ${String(bundles)} bundles`;
  const [first] = differences;
  if (first === undefined) return holds(`${all} came out as on the local runtime.`);
  return differs(`Of ${all}, ${String(differences.length)} came out otherwise; the first: ${first}`);
}

interface Evaluation {
  readonly evaluationResult?: string | undefined;
  readonly stash?: string | undefined;
  readonly outErrors?: string | undefined;
  readonly error?: { readonly message?: string | undefined } | undefined;
}

function comparable({ evaluationResult, stash, outErrors, error }: Evaluation): Comparable {
  return {
    result: timeless(parsed(evaluationResult) ?? null),
    stash: timeless(parsed(stash) ?? {}),
    complaints: ((parsed(outErrors) ?? []) as readonly { message?: string; errorType?: string }[]).map(
      ({ message, errorType }) => ({
        message,
        errorType,
      }),
    ),
    error: error?.message,
  };
}

const parsed = (text: string | undefined): unknown => (text === undefined || text === '' ? undefined : JSON.parse(text));

/** Milliseconds since 1970, in this century's second quarter. */
const MOMENT = /\b1[6-9]\d{11}\b/g;

/** A value without moments: those in what is packed as base64, too, and times that passed. */
function timeless(value: unknown, name = ''): unknown {
  if (name === 'elapsedMs') return '<milliseconds>';
  if (typeof value === 'number') return value > 1.6e12 && value < 2e12 ? '<moment>' : value;
  if (typeof value === 'string') {
    const text = value.replaceAll(MOMENT, '<moment>');
    return text.replaceAll(/"Data":"([A-Za-z0-9+/=]+)"/g, (_, data: string) =>
      JSON.stringify(Buffer.from(data, 'base64').toString().replaceAll(MOMENT, '<moment>')),
    );
  }
  if (Array.isArray(value)) return value.map((one) => timeless(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, timeless(one, key)]));
}

/** In one line; undefined when they are alike. */
function differenceOf(here: Comparable, there: Comparable): string | undefined {
  for (const part of ['error', 'result', 'stash', 'complaints'] as const) {
    // AppSync may say more than the resolver's own words.
    const isAlike =
      part === 'error'
        ? here.error === there.error || (here.error !== undefined && there.error?.includes(here.error) === true)
        : isDeepStrictEqual(here[part], there[part]);
    if (!isAlike) return `${part} here ${shown(here[part])}, there ${shown(there[part])}`;
  }
  return undefined;
}

/** @unit characters */
const MOST_SHOWN = 200;

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
