import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What was seen of a claim, the last time somebody looked. */
export interface Result {
  /** `unsettled`: the check itself could not be made. */
  readonly outcome: 'holds' | 'differs' | 'unsettled';
  readonly seen: string;
  /** A day, such as `2026-11-30`. */
  readonly when: string;
  readonly region: string;
}

/** By the claim's id. */
export type Results = Readonly<Record<string, Result>>;

/** The committed results. */
export const RESULTS_FILE = fileURLToPath(new URL('confirmed.json', import.meta.url));

export const readResults = (file = RESULTS_FILE): Results => JSON.parse(readFileSync(file, 'utf8')) as Results;

/** @param ids - of all claims, in their order; what was seen of others is dropped */
export function writeResults(results: Results, ids: readonly string[], file = RESULTS_FILE): void {
  const kept = Object.fromEntries(ids.flatMap((id) => (results[id] === undefined ? [] : [[id, results[id]]])));
  writeFileSync(file, `${JSON.stringify(kept, undefined, 2)}\n`);
}

/** A text for everybody: without account numbers, ids of sessions and of keys, and in one line. */
export const withoutAccount = (text: string): string =>
  text
    .replaceAll(/(?<!\d)\d{12}(?!\d)/g, '<account>')
    .replaceAll(/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b/g, '<id>')
    .replaceAll(/\s+/g, ' ')
    .trim();
