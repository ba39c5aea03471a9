import { toMills } from '../../domain/money.ts';
import { dateText } from '../replay/progress.ts';
import { poundsOf } from '../replay/totals.ts';
import type { ImportReport, ObjectReport } from './importing.ts';
import type { LoadCounts } from '../arrival/stores.ts';
import type { Transformed } from './outcome.ts';
import { PHASES } from './watch.ts';

type Row = readonly [label: string, value: string];

const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** What was imported now, or, when nothing was, what had been: as a table, money ungrouped so that it can be compared and copied. */
export function importTable({ objects, seconds }: ImportReport): string {
  const now = objects.filter(({ result }) => result === 'loaded' || result === 'empty');
  const reported = now.length > 0 ? now : objects.filter(({ result }) => result === 'already');
  if (reported.length === 0) return '';
  const transformed = reported.flatMap((object) => object.transformed ?? []);
  const lines = reported.flatMap(({ loaded }) => loaded?.lines ?? []);
  const total = (pick: (of: Transformed) => number) => grouped.format(sum(transformed.map(pick)));
  const loaded = (pick: (of: LoadCounts) => number) => grouped.format(sum(lines.map(pick)));
  const each = reported.length > 1 ? ', of each file' : '';
  const money = transformed.reduce((mills, one) => mills + BigInt(toMills(one.money)), 0n);
  return tableOf([
    ...(reported.length > 1 ? [['files', grouped.format(reported.length)] as Row] : []),
    ['rows read', total(({ read }) => read)],
    ['rows rejected', total(({ rejected }) => rejected)],
    ['lines accepted', total(({ accepted }) => accepted)],
    ['  new', loaded((one) => one.new)],
    ['  unchanged', loaded(({ unchanged }) => unchanged)],
    ['  changed', loaded(({ changed }) => changed)],
    ['  repeated', loaded(({ repeated }) => repeated)],
    ['  rejected by the warehouse', loaded(({ rejected }) => rejected)],
    ['first date', dateText(transformed.flatMap(({ firstDate }) => firstDate ?? []).sort()[0])],
    [
      'last date',
      dateText(
        transformed
          .flatMap(({ lastDate }) => lastDate ?? [])
          .sort()
          .at(-1),
      ),
    ],
    [`invoices${each}`, total(({ invoices }) => invoices)],
    [`customers${each}`, total(({ customers }) => customers)],
    ['money, GBP', poundsOf(money)],
    ...(now.length > 0 ? times(seconds, now) : []),
  ]);
}

/** Two columns: words on the left, numbers on the right. */
export function tableOf(rows: readonly Row[]): string {
  const name = Math.max(...rows.map(([text]) => text.length));
  const value = Math.max(...rows.map(([, text]) => text.length));
  return `${rows.map(([label, text]) => `${label.padEnd(name)}  ${text.padStart(value)}`.trimEnd()).join('\n')}\n`;
}

/** How many rows were rejected, by the job and by the warehouse. */
export const rejectedOf = ({ transformed, loaded }: Pick<ObjectReport, 'transformed' | 'loaded'>): number =>
  (transformed?.rejected ?? 0) + (loaded?.lines?.rejected ?? 0);

/** What was waited for, and beneath it what job and warehouse say of their own steps. */
function times(waited: ImportReport['seconds'], objects: readonly ObjectReport[]): Row[] {
  const all = sum(Object.values(waited));
  const steps = {
    Spark: stepsOf(objects.map(({ transformed }) => transformed?.seconds)),
    loading: stepsOf(objects.map(({ loaded }) => loaded?.seconds)),
  };
  return [
    ['seconds', all.toFixed(1)],
    ...PHASES.flatMap((phase): Row[] => {
      const took = waited[phase];
      const inner = phase === 'Spark' || phase === 'loading' ? steps[phase] : [];
      if (took === undefined && inner.length === 0) return [];
      return [
        [`  ${phase}`, (took ?? 0).toFixed(1)],
        ...inner.map(([step, seconds]): Row => [`    ${step}`, seconds.toFixed(1)]),
      ];
    }),
  ];
}

function stepsOf(all: readonly (Readonly<Record<string, number>> | undefined)[]): (readonly [string, number])[] {
  const steps = new Map<string, number>();
  for (const one of all)
    for (const [step, seconds] of Object.entries(one ?? {})) steps.set(step, (steps.get(step) ?? 0) + seconds);
  return [...steps];
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
