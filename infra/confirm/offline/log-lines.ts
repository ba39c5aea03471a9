/** What our functions print, as the runtime of Lambda writes it with `LoggingFormat: JSON`. */
const time = '2026-11-30T10:15:00.000Z';
const requestId = '8f507cfc-xmpl-4697-b07a-ac58fc914c95';
const line = (level: string, message: unknown, more: object = {}) =>
  JSON.stringify({ timestamp: time, level, requestId, message, ...more });
const failure = { errorType: 'Error', errorMessage: 'no', stackTrace: ['at handler'] };

export const LOG_LINES = {
  settled: line('INFO', { outcome: 'settled', loads: 1, problems: [] }),
  idle: line('INFO', { outcome: 'idle', loads: 0, problems: [] }),
  broken: line('ERROR', { outcome: 'failed', problems: ['the warehouse does not answer'] }),
  withProblems: line('ERROR', { outcome: 'settled', problems: ['a list was refused'] }),
  quoted: line('INFO', '{"level":"ERROR","outcome":"settled"}'),
  warning: line('WARN', 'a record has no line'),
  text: line('ERROR', 'it broke'),
  error: line('ERROR', failure),
  thrown: line('ERROR', 'Invoke Error', failure),
  ended: JSON.stringify({
    time,
    type: 'platform.report',
    record: { requestId, metrics: { durationMs: 12.3 }, status: 'success' },
  }),
} as const;

export type LogLine = keyof typeof LOG_LINES;

/** Which lines a metric counts, by its name and what it counts them as; the first that fits. */
export const COUNTED: readonly {
  readonly metric: RegExp;
  /** @default any */
  readonly value?: string;
  readonly lines: readonly LogLine[];
}[] = [
  { metric: /^LoaderUpToDate$/, value: '1', lines: ['settled', 'idle', 'withProblems'] },
  // A deployment's migrator has ended: from then on the alarm has something to look at.
  { metric: /^LoaderUpToDate$/, value: '0', lines: ['ended'] },
  { metric: /^LoaderLoggedProblems$/, lines: ['withProblems'] },
  { metric: /LoggedErrors$/, lines: ['broken', 'withProblems', 'text', 'error', 'thrown'] },
];
