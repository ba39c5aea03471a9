import { createHash, hash } from 'node:crypto';
import { LineIdentifier } from '../../domain/line-id.ts';
import type { SaleLine } from './line-from-row.ts';
import type { ReadRow } from './transactions-file.ts';

/** Lines whose counters are remembered for the invoices seen last: about 20 MB. */
const REMEMBERED_LINES = 200_000;

const sha256Hex = (text: string) => (FASTER_HASH ? hash('sha256', text, 'hex') : createHash('sha256').update(text).digest('hex'));

// Node 20.12 and 21.7 brought `crypto.hash`, more than twice as fast for short texts.
const FASTER_HASH = typeof (hash as unknown) === 'function';

/**
 * Numbers identical lines of an invoice exactly, in bounded memory, whatever the order of the file.
 *
 * @remarks Counters of the invoices seen last are kept for {@link REMEMBERED_LINES} lines; of an invoice that is left behind,
 * 16 MB of bits remember only that it was there. When such an invoice comes back, `recall` reads the file again: once to find
 * every invoice that is scattered so widely, once to count their lines up to here; from then on those are never left behind.
 * So memory is bounded by the window, the bits, and about 100 bytes for each line of widely scattered invoices (the real file
 * has none: its one interrupted invoice comes back after two lines), and time by two more readings of the file.
 */
export class BoundedLineIds {
  private readonly identifier = new LineIdentifier(sha256Hex);
  private readonly window: InvoiceWindow;
  private scattered: ReadonlySet<string> | undefined;
  private current: string | undefined;
  private kept = false;

  /** @param reread - reads the file from its beginning */
  constructor(
    private readonly reread: () => AsyncIterable<{ readonly rows: readonly ReadRow[] }>,
    private readonly rememberedLines = REMEMBERED_LINES,
  ) {
    this.window = new InvoiceWindow(rememberedLines, (invoiceNo) => {
      this.identifier.forget(invoiceNo);
    });
  }

  /** The line's identity, or `undefined` when its invoice was left behind: `recall` it, then ask again. */
  identify(line: SaleLine): string | undefined {
    if (line.invoiceNo !== this.current) {
      this.kept = this.scattered?.has(line.invoiceNo) === true;
      if (!this.kept) {
        // Once the scattered invoices are known, any other was never left behind: then the bits were wrong.
        if (this.scattered === undefined && this.window.leftBehind(line.invoiceNo)) return undefined;
        this.window.enter(line.invoiceNo);
      }
      this.current = line.invoiceNo;
    }
    if (!this.kept) this.window.count(line.invoiceNo);
    return this.identifier.identify(line);
  }

  /** Read the file again and count what was left behind in the rows before `rowNumber`. */
  async recall(rowNumber: number): Promise<void> {
    const scattered = await this.findScattered();
    const remembered = new Set([...scattered].filter((invoiceNo) => this.window.release(invoiceNo)));
    this.current = undefined;
    for await (const { rows } of this.reread()) {
      for (const { number, line } of rows) {
        if (number >= rowNumber) break;
        if (line !== undefined && scattered.has(line.invoiceNo) && !remembered.has(line.invoiceNo))
          this.identifier.identify(line);
      }
      if ((rows.at(-1)?.number ?? 0) >= rowNumber) break;
    }
    this.scattered = scattered;
  }

  /** The invoices that this window leaves behind and meets again, in the whole file. */
  private async findScattered(): Promise<Set<string>> {
    const scattered = new Set<string>();
    const window = new InvoiceWindow(this.rememberedLines, () => undefined);
    let current: string | undefined;
    let counted = false;
    for await (const { rows } of this.reread())
      for (const { line } of rows) {
        if (line === undefined) continue;
        if (line.invoiceNo !== current) {
          current = line.invoiceNo;
          if (window.leftBehind(current)) scattered.add(current);
          counted = !scattered.has(current);
          if (counted) window.enter(current);
        }
        if (counted) window.count(current);
      }
    return scattered;
  }
}

/** The invoices seen last, by their lines; the oldest are left behind. */
class InvoiceWindow {
  private readonly lines = new Map<string, number>();
  private readonly left = new BloomFilter();
  private total = 0;

  constructor(
    private readonly capacity: number,
    private readonly leave: (invoiceNo: string) => void,
  ) {}

  /** Whether the invoice was here before and is no longer; hardly ever wrong, and never by a no. */
  leftBehind(invoiceNo: string): boolean {
    return !this.lines.has(invoiceNo) && this.left.mayHave(invoiceNo);
  }

  /** Make this invoice the newest, then leave behind the oldest beyond the capacity, never the newest. */
  enter(invoiceNo: string): void {
    const lines = this.lines.get(invoiceNo) ?? 0;
    this.lines.delete(invoiceNo);
    this.lines.set(invoiceNo, lines);
    if (this.total > this.capacity) this.leaveOldest(invoiceNo);
  }

  count(invoiceNo: string): void {
    this.lines.set(invoiceNo, (this.lines.get(invoiceNo) ?? 0) + 1);
    this.total += 1;
  }

  /** Whether the invoice was remembered; the window counts it no longer, and does not leave it behind. */
  release(invoiceNo: string): boolean {
    this.total -= this.lines.get(invoiceNo) ?? 0;
    return this.lines.delete(invoiceNo);
  }

  private leaveOldest(newest: string): void {
    for (const [invoiceNo, lines] of this.lines) {
      if (this.total <= this.capacity || invoiceNo === newest) return;
      this.total -= lines;
      this.lines.delete(invoiceNo);
      this.left.add(invoiceNo);
      this.leave(invoiceNo);
    }
  }
}

/** Bits of the filter: at 2.6 million invoices (100 times the real file) it errs once in 30 million questions. */
const FILTER_BITS = 2 ** 27;
const FILTER_PROBES = 10;

/** A Bloom filter: never forgets a text, and hardly ever claims one it has not seen. */
class BloomFilter {
  // Most files never need it.
  private bits: Uint32Array | undefined;

  add(text: string): void {
    const bits = (this.bits ??= new Uint32Array(FILTER_BITS / 32));
    const [first, step] = twoHashes(text);
    for (let probe = 0; probe < FILTER_PROBES; probe += 1) {
      const bit = (first + probe * step) % FILTER_BITS;
      bits[bit >>> 5] = (bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  }

  mayHave(text: string): boolean {
    const bits = this.bits;
    if (bits === undefined) return false;
    const [first, step] = twoHashes(text);
    for (let probe = 0; probe < FILTER_PROBES; probe += 1) {
      const bit = (first + probe * step) % FILTER_BITS;
      if (((bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}

/** FNV-1a from two starting points, finished as in MurmurHash3. */
function twoHashes(text: string): [number, number] {
  let first = 0x811c9dc5;
  let second = 0x9e3779b9;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    first = Math.imul(first ^ unit, 0x01000193);
    second = Math.imul(second ^ unit, 0x85ebca6b);
  }
  return [finished(first), (finished(second) | 1) >>> 0];
}

function finished(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return (twice ^ (twice >>> 16)) >>> 0;
}
