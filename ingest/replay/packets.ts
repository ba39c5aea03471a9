import type { SaleLine } from './line-from-row.ts';

/** A line on its way, with the row it was made of. */
export interface OutgoingLine {
  readonly row: number;
  readonly text: string;
  readonly line: SaleLine;
}

/** The code of a row that makes no acceptable line. */
export const UNREADABLE = 'Unreadable';

/** A row that will not arrive, and why. */
export interface RejectedRow {
  readonly row: number;
  /** `UNREADABLE`, or the code with which the API refused the line. */
  readonly code: string;
  readonly reason: string;
  readonly text: string;
}

/** The lines of one mutation, and the rows among them that make no line. */
export interface Packet {
  readonly lines: readonly OutgoingLine[];
  readonly rejected: readonly RejectedRow[];
  readonly lastRow: number;
  /** Whether the next row belongs to another invoice: where a resumed replay may begin. */
  readonly endsInvoice: boolean;
  /** How much of the file was read when the packet was made, 0 to 1. */
  readonly share: number;
}

/** Rows without a line that are gathered before they make a packet of their own. */
const MAX_REJECTED_ROWS = 1_000;

const NONE: readonly Packet[] = [];

interface Run {
  invoiceNo: string | undefined;
  readonly lines: OutgoingLine[];
  readonly rejected: RejectedRow[];
  lastRow: number;
}

const emptyRun = (): Run => ({ invoiceNo: undefined, lines: [], rejected: [], lastRow: 0 });

/**
 * Packs rows into mutations of whole invoices, in the order of the file.
 *
 * @remarks An invoice makes one stream record and one header write per mutation it is in, so it is split only when it is longer
 * than a mutation may be.
 */
export class Packer {
  private packed = emptyRun();
  private run = emptyRun();

  /** @param size - most lines of a packet */
  constructor(private readonly size: number) {}

  /** The packets that are full with this line: mostly none, two when an invoice fills a packet by itself. */
  add(outgoing: OutgoingLine, share: number): readonly Packet[] {
    const { invoiceNo } = outgoing.line;
    const begins = this.run.invoiceNo !== undefined && this.run.invoiceNo !== invoiceNo;
    const full = begins ? this.closeRun(share) : this.run.lines.length >= this.size ? this.cutRun(share) : NONE;
    this.run.invoiceNo = invoiceNo;
    this.run.lines.push(outgoing);
    this.run.lastRow = outgoing.row;
    return full;
  }

  /** A row that makes no line: it stays with the rows around it. */
  addRejected(rejected: RejectedRow, share: number): readonly Packet[] {
    this.run.rejected.push(rejected);
    this.run.lastRow = rejected.row;
    return this.run.rejected.length >= MAX_REJECTED_ROWS ? this.cutRun(share) : NONE;
  }

  /** What is left at the end of the rows. */
  end(): readonly Packet[] {
    return [...this.closeRun(1), ...this.flush(true, 1)];
  }

  /** The invoice is complete: it joins those before it if it fits. */
  private closeRun(share: number): readonly Packet[] {
    const run = this.run;
    this.run = emptyRun();
    const full = this.packed.lines.length + run.lines.length > this.size ? this.flush(true, share) : NONE;
    this.packed.lines.push(...run.lines);
    this.packed.rejected.push(...run.rejected);
    this.packed.lastRow = run.lastRow;
    return full;
  }

  /** The invoice goes on, but not in this packet. */
  private cutRun(share: number): readonly Packet[] {
    return [...this.closeRun(share), ...this.flush(false, share)];
  }

  private flush(endsInvoice: boolean, share: number): readonly Packet[] {
    const { lines, rejected, lastRow } = this.packed;
    this.packed = emptyRun();
    return lines.length + rejected.length === 0 ? NONE : [{ lines, rejected, lastRow, endsInvoice, share }];
  }
}
