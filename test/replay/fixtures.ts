import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { columnsOf } from '../../ingest/replay/columns.ts';
import { CsvRows, type CsvRow } from '../../ingest/replay/csv-rows.ts';
import { LineReader, type SaleLine } from '../../ingest/replay/line-from-row.ts';
import type { Destination } from '../../ingest/replay/replay.ts';
import type { Clock, Receipt } from '../../ingest/replay/sending.ts';
import type { TransactionInput } from '../../sdk/index.ts';

export const COLUMNS = ['InvoiceNo', 'StockCode', 'Description', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID', 'Country'];
export const HEADER = COLUMNS.join(',');

/** A row as the data set writes it, with what matters to a test. */
export function row(change: Partial<Record<string, string>> = {}): string {
  const usual: Record<string, string> = {
    InvoiceNo: '536365',
    StockCode: '85123A',
    Description: 'WHITE LANTERN',
    Quantity: '6',
    InvoiceDate: '12/1/2010 8:26',
    UnitPrice: '2.55',
    CustomerID: '17850',
    Country: 'United Kingdom',
  };
  return COLUMNS.map((column) => change[column] ?? usual[column]).join(',');
}

export const csv = (...rows: readonly string[]) => `${[HEADER, ...rows].join('\r\n')}\r\n`;

/** A folder that is gone after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'replay-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

/** A file in a folder of its own that is gone after the test. */
export function fileWith(content: string | Buffer, name = 'rows.csv'): string {
  const path = join(folder(), name);
  writeFileSync(path, content);
  return path;
}

/** The rows of a CSV file that comes in these pieces. */
export function rowsOf(...pieces: readonly (string | Buffer)[]): CsvRow[] {
  const rows = new CsvRows();
  const read = pieces.flatMap((piece) => rows.push(typeof piece === 'string' ? Buffer.from(piece) : piece));
  return [...read, ...rows.end()];
}

/** The line that a row makes. */
export function lineOf(change: Partial<Record<string, string>> = {}): SaleLine {
  const line = new LineReader(columnsOf(COLUMNS)).read(row(change).split(','));
  if (typeof line === 'string') throw new Error(line);
  return line;
}

/** A clock that jumps to the next moment somebody waits for, as soon as nothing else is to be done. */
export function jumpingClock(): Clock & { readonly waits: readonly number[] } {
  let time = 0;
  const waits: number[] = [];
  const timers: { readonly due: number; readonly ring: () => void }[] = [];
  const ringNext = () => {
    const next = timers.sort((one, other) => one.due - other.due).shift();
    if (next === undefined) return;
    time = Math.max(time, next.due);
    next.ring();
  };
  return {
    waits,
    now: () => time,
    wait: (milliseconds, signal) => {
      waits.push(milliseconds);
      return new Promise((resolve, reject) => {
        const ring = () => {
          signal.removeEventListener('abort', stop);
          resolve();
        };
        const timer = { due: time + milliseconds, ring };
        const stop = () => {
          if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1);
          reject(signal.reason as Error);
        };
        if (signal.aborted) {
          stop();
          return;
        }
        signal.addEventListener('abort', stop, { once: true });
        timers.push(timer);
        setImmediate(ringNext);
      });
    },
  };
}

export const PASSING_ERROR = new Error('connect ECONNREFUSED');

/** An API that keeps what it takes, as long as `answer` leaves it to. */
export class FakeApi implements Destination {
  readonly name = 'http://fake/graphql';
  readonly taken = new Map<string, TransactionInput>();
  /** The lines of each mutation, in the order they came. */
  readonly mutations: (readonly TransactionInput[])[] = [];
  underWay = 0;
  mostUnderWay = 0;

  /** @param answer - what happens to a mutation; `undefined` takes all its lines */
  constructor(
    private readonly answer: (
      lines: readonly TransactionInput[],
      count: number,
      signal: AbortSignal,
    ) => Promise<Receipt | undefined> | Receipt | undefined = () => undefined,
  ) {}

  send = async (lines: readonly TransactionInput[], signal: AbortSignal): Promise<Receipt> => {
    this.mutations.push(lines);
    this.mostUnderWay = Math.max(this.mostUnderWay, (this.underWay += 1));
    try {
      const receipt = (await this.answer(lines, this.mutations.length, signal)) ?? { accepted: lines.length, failed: [] };
      const failed = new Set(receipt.failed.map(({ index }) => index));
      lines.forEach((line, index) => {
        if (!failed.has(index)) this.taken.set(line.lineId, line);
      });
      return receipt;
    } finally {
      this.underWay -= 1;
    }
  };

  passes = (error: unknown) => error === PASSING_ERROR;
}

/** A receipt that refuses the lines at these places. */
export const refusing = (lines: readonly TransactionInput[], indexes: readonly number[], code = 'Throttled'): Receipt => ({
  accepted: lines.length - indexes.length,
  failed: indexes.map((index) => ({ index, lineId: lines[index]?.lineId ?? '', code, message: `${code} by the test` })),
});
