import { StatusLine, type Screen } from '../replay/status-line.ts';
import { awaitArrival, type Arrival, type ArrivalPorts } from './arrival.ts';
import type { Clock } from '../replay/sending.ts';
import type { OpenedStores, StoreSnapshot, PutAside, StoreName } from './stores.ts';

const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const count = (number: number, what: string) => `${grouped.format(number)} ${what}${number === 1 ? '' : 's'}`;

/** As wide as a terminal that nobody has made wider. @unit characters */
const WIDTH = 80;

/** Wait for the stores, and show on a terminal what they have still to do. @param since - unknown where the stack did not answer then */
async function awaitArrivalOn(
  screen: Screen,
  since: StoreSnapshot | undefined,
  ports: Omit<ArrivalPorts, 'onWaiting'>,
): Promise<Arrival> {
  const line = new StatusLine(screen);
  const seconds = 0;
  if (since === undefined) {
    const reason = 'it did not when the sending began';
    return { outcome: 'unseen', names: ports.stores.names, waiting: [], putAside: [], loads: undefined, reason, seconds };
  }
  try {
    return await awaitArrival(since, {
      ...ports,
      onWaiting: (waiting) => {
        const each = waiting
          .filter(({ records }) => records > 0)
          .map(({ store, records }) => `${store} ${count(records, 'record')}`);
        line.draw([{ text: `the stores catch up: ${each.join(', ')}`, rank: 1 }]);
      },
    });
  } finally {
    line.clear();
  }
}

/** What a command that has sent lines needs, to say what became of them. */
export interface ReportPorts {
  readonly print: (text: string) => void;
  readonly screen: Screen;
  readonly clock: Clock;
  /** Aborts when the user wants to wait no longer. */
  readonly interrupt: AbortSignal;
}

/**
 * Say what became of lines that were accepted.
 *
 * @param behind - nothing where nothing was sent
 * @param wait - how long to wait for the stores, in seconds
 * @returns nothing where it cannot be seen
 */
export async function reportArrival(
  behind: OpenedStores | undefined,
  { accepted, since }: { readonly accepted: number; readonly since: StoreSnapshot | undefined },
  wait: number,
  { print, screen, clock, interrupt }: ReportPorts,
): Promise<Arrival | undefined> {
  if (behind === undefined || accepted === 0) return undefined;
  if ('howToAsk' in behind) {
    print(behind.howToAsk);
    return undefined;
  }
  const { stores } = behind;
  const arrival = await awaitArrivalOn(screen, since, { stores, clock, signal: interrupt, patience: wait * 1000 });
  print(arrivalText(arrival, accepted));
  return arrival;
}

/** Whether the stores were waited for in vain. @param wait - 0: nobody wanted to wait */
export const isLate = (arrival: Arrival | undefined, wait: number): boolean =>
  arrival !== undefined && arrival.outcome !== 'arrived' && wait > 0;

/** Whether something that came through the door is not where it belongs, and will not come there by itself. */
export const isPutAside = ({ putAside }: Arrival): boolean => putAside.length > 0;

/**
 * What became of accepted lines, for a person: a row for each store, and what was put aside, where and why.
 *
 * @param accepted - lines that the door took, all since the beginning that the arrival was looked at from
 */
function arrivalText(arrival: Arrival, accepted: number): string {
  if (arrival.outcome === 'unseen')
    return `${wrapped(`behind the door: unknown, for the stack does not answer (${arrival.reason ?? 'no reason'}). Every accepted line is on the stream: once it runs, its stores go on. ${ASK_AGAIN}`)}\n`;
  const rows = [
    ['behind the door', 'stored', 'put aside', ''],
    ...arrival.names.map((store) => {
      const aside = linesAside(arrival, store);
      const underWay = arrival.waiting.find((one) => one.store === store)?.records ?? 0;
      const stored = underWay > 0 || aside === undefined ? '?' : grouped.format(accepted - aside);
      return [
        store,
        stored,
        aside === undefined ? 'yes' : grouped.format(aside),
        [
          ...(underWay > 0 ? [`${count(underWay, 'record')} under way`] : []),
          ...(store === 'Redshift' ? ofLoads(arrival) : []),
        ].join(', '),
      ];
    }),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 || column === 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return `${[...table, ...arrival.putAside.map(sentenceOf).map(wrapped), ...ending(arrival).map(wrapped)].join('\n')}\n`;
}

const ASK_AGAIN = 'npm run redrive -- --dry-run counts what was given up.';

function ending({ outcome, seconds }: Arrival): string[] {
  if (outcome === 'arrived') return [];
  const why =
    outcome === 'late' ? `the stores had not caught up after ${seconds.toFixed(0)} s (--wait)` : 'nobody waited for the stores';
  return [`NOTE: ${why}: what is under way goes on by itself, and may still be put aside. ${ASK_AGAIN}`];
}

/** `undefined`: some, and nobody knows how many. */
function linesAside({ putAside }: Arrival, store: StoreName): number | undefined {
  return putAside
    .filter(({ stores }) => stores.includes(store))
    .reduce<number | undefined>((sum, { lines }) => (sum === undefined || lines === undefined ? undefined : sum + lines), 0);
}

/** What the warehouse itself has counted. */
function ofLoads({ loads }: Arrival): string[] {
  if (loads === undefined) return [];
  const parts = [
    [loads.new, 'new'],
    [loads.changed, 'changed'],
    [loads.unchanged + loads.repeated, 'known'],
  ] as const;
  return parts.filter(([lines, word]) => lines > 0 || word === 'new').map(([lines, word]) => `${grouped.format(lines)} ${word}`);
}

const sentenceOf = ({ stores, lines, where, why, remedy }: PutAside): string =>
  `PUT ASIDE: ${lines === undefined ? 'lines' : count(lines, 'line')} not in ${stores.length === 0 ? 'any store' : stores.join(', ')}: ${why}. Where: ${where}; ${remedy}`;

/** Cut between words, so that nothing is wider than a terminal; what follows the first line is moved in. */
function wrapped(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `  ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
