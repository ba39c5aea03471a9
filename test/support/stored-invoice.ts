import { wholeLineId, type StoredLine } from '../../domain/stored-line.ts';
import { builtResolver, type Evaluation } from './resolver.ts';
import { chunkItem, headerItem, storedLine, storedLines } from './stored-items.ts';

/** Most lines that a header carries itself. */
const LINES_IN_HEADER = 64;

/** An invoice in its table, which grows and is corrected as the store writer does it. */
export class StoredInvoice {
  readonly chunks: { readonly key: string; readonly lines: StoredLine[] }[] = [];
  last: StoredLine[] = [];
  private attempt = 0;
  private count = 0;
  private kept: readonly { readonly sk: string }[] | undefined;

  /** @param chunks - how many lines each chunk holds @param last - how many the header holds itself */
  constructor(chunks: readonly number[] = [], last = 0) {
    for (const size of chunks) this.chunks.push({ key: this.key(this.chunks.length), lines: this.next(size) });
    this.last = this.next(last);
  }

  get lines(): readonly StoredLine[] {
    return [...this.chunks.flatMap(({ lines }) => lines), ...this.last];
  }

  /** The whole ids of the lines in order. */
  get lineIds(): string[] {
    return this.lines.map(([lineId]) => wholeLineId('536365', lineId));
  }

  /** Lines arrive: when there are more than fit into the header, all of its lines move into new chunks. */
  append(count: number, sizeOfChunk = 250): void {
    this.kept = undefined;
    this.last.push(...this.next(count));
    if (this.last.length <= LINES_IN_HEADER) return;
    while (this.last.length > 0) {
      const lines = this.last.splice(0, this.last.length < sizeOfChunk + 32 ? 250 : sizeOfChunk);
      this.chunks.push({ key: this.key(this.chunks.length), lines });
    }
  }

  /** A line is corrected a second after it was sent: it keeps its place, and its chunk is written anew under another key. */
  correct(place: number, quantity: number): void {
    this.kept = undefined;
    let before = 0;
    for (const [n, { lines }] of this.chunks.entries()) {
      if (place < before + lines.length) {
        this.chunks[n] = { key: this.key(n), lines: lines.with(place - before, corrected(lines[place - before], quantity)) };
        return;
      }
      before += lines.length;
    }
    this.last = this.last.with(place - before, corrected(this.last[place - before], quantity));
  }

  header(changes: object = {}) {
    const chunks = this.chunks.map(({ key, lines }) => [key, lines.length]);
    return headerItem({
      lineCount: this.lines.length,
      lines: JSON.stringify(storedLines(this.last)),
      ...(chunks.length === 0 ? {} : { chunks: JSON.stringify(chunks) }),
      ...changes,
    });
  }

  /** All of it as it is in the table now. */
  items(): readonly { readonly sk: string }[] {
    this.kept ??= [this.header(), ...this.chunks.map(({ key, lines }) => chunkItem(key, storedLines(lines)))];
    return this.kept;
  }

  private next(count: number): StoredLine[] {
    return Array.from({ length: count }, () => storedLine((this.count += 1)));
  }

  private key(place: number): string {
    this.attempt += 1;
    return `LINES#${String(place + 1).padStart(4, '0')}#${this.attempt.toString(36).padStart(6, '0')}`;
  }
}

const corrected = (line: StoredLine | undefined, quantity: number): StoredLine => {
  const [lineId, stockCode, description, , mills] = line ?? storedLine();
  return [lineId, stockCode, description, quantity, mills, 1000];
};

const field = builtResolver('Invoice.lines');
const header = builtResolver('Invoice.lines.header');
const chunks = builtResolver('Invoice.lines.chunks');

export interface LinesPage {
  readonly items: readonly { readonly lineId: string; readonly quantity: number; readonly sentAt: string }[];
  readonly nextToken: string | null;
}

/** What was asked of the table for a page, and what came of it. */
interface AskedPage {
  readonly page: LinesPage;
  readonly error: Evaluation['error'];
  readonly reads: unknown[];
}

/** One page of `Invoice.lines` through the whole pipeline. @param items - the invoice's items whenever the table is asked */
export function askPage(source: object, args: object, items: () => readonly { readonly sk: string }[]): AskedPage {
  const reads: unknown[] = [];
  const before = field.request({ source, args });
  const failed = (error: Evaluation['error']): AskedPage => ({ page: { items: [], nextToken: null }, error, reads });
  if (before.error !== undefined) return failed(before.error);
  let { stash } = before;
  for (const step of before.early ? [] : [header, chunks]) {
    const { stash: left, error } = step.resolve({ source, args, stash }, (asked) => {
      reads.push(asked);
      return { result: answer(asked as Read, items()) };
    });
    if (error !== undefined) return failed(error);
    stash = left;
  }
  const { returned, error } = field.response({ source, args, stash });
  return error === undefined ? { page: returned as LinesPage, error, reads } : failed(error);
}

interface Read {
  readonly operation: string;
  readonly key?: { readonly sk: { readonly S: string } };
  readonly tables?: { readonly Invoices: { readonly keys: readonly { readonly sk: { readonly S: string } }[] } };
}

/** What DynamoDB holds under the keys of a read. */
function answer({ operation, key, tables }: Read, items: readonly { readonly sk: string }[]): unknown {
  const find = (sk: string | undefined) => items.find((item) => item.sk === sk) ?? null;
  if (operation === 'GetItem') return find(key?.sk.S);
  return { data: { Invoices: tables?.Invoices.keys.map(({ sk }) => find(sk.S)) }, unprocessedKeys: { Invoices: [] } };
}
