import type { LoadCounts } from '../../ingest/warehouse/load-batch.ts';

/** A line as far as a load looks at it. */
export interface MemoryLine {
  readonly id: string;
  readonly amount: number;
}

/** What the tables of the warehouse hold, as far as the loader can tell. */
export interface Tables {
  landing: { readonly line: MemoryLine; readonly copiedAt: number; readonly source?: string }[];
  lines: Map<string, number>;
  /** What a rebuild has loaded, where nobody reads it. */
  aside: Map<string, number>;
  /** What a refresh made of the lines. */
  rollup: number | undefined;
  newestCopiedAt: number | undefined;
  asOf: string | undefined;
  loadId: number | undefined;
  /** The last load, whether readers see it or not. */
  lastLoad: { readonly id: number; readonly at: number } | undefined;
  refreshedLoadId: number | undefined;
  rejected: number;
  /** When each import was copied, by its list. */
  imports: Map<string, number>;
  /** What became of the lines of each import. */
  sources: Map<string, { readonly load: number; readonly at: number; readonly counts: LoadCounts }>;
}

export const emptyTables = (): Tables => ({
  landing: [],
  lines: new Map(),
  aside: new Map(),
  rollup: undefined,
  newestCopiedAt: undefined,
  asOf: undefined,
  loadId: undefined,
  lastLoad: undefined,
  refreshedLoadId: undefined,
  rejected: 0,
  imports: new Map(),
  sources: new Map(),
});

/** One load: what has landed goes to `lines`, each line once. @returns what became of it; `undefined` when nothing had landed */
export function mergeLanding(tables: Tables, lines: Map<string, number>, at: number): LoadCounts | undefined {
  if (tables.landing.length === 0) return undefined;
  const none = { in: 0, new: 0, changed: 0, unchanged: 0, repeated: 0, rejected: 0 };
  const whole: Record<keyof LoadCounts, number> = { ...none };
  const counts = new Map<string, Record<keyof LoadCounts, number>>();
  const seen = new Set<string>();
  let newest: number | undefined;
  for (const { line, copiedAt, source } of tables.landing) {
    const fate = seen.has(line.id) ? 'repeated' : lines.has(line.id) ? 'unchanged' : 'new';
    const own = source === undefined ? { ...none } : (counts.get(source) ?? { ...none });
    for (const account of [whole, own]) {
      account.in++;
      account[fate]++;
    }
    if (source === undefined) newest = Math.max(newest ?? 0, copiedAt);
    else counts.set(source, own);
    seen.add(line.id);
    lines.set(line.id, line.amount);
  }
  tables.newestCopiedAt = newest ?? tables.newestCopiedAt;
  tables.landing = [];
  const load = Math.max(tables.loadId ?? 0, tables.lastLoad?.id ?? 0) + 1;
  tables.lastLoad = { id: load, at };
  for (const [source, account] of counts) tables.sources.set(source, { load, at, counts: account });
  return whole;
}
