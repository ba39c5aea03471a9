import { MAX_LINES_PER_REQUEST } from '../../domain/limits.ts';
import type { StoreSnapshot } from '../arrival/stores.ts';
import { siblingPath } from './sibling-path.ts';
import { datesNote } from './date-survey.ts';
import type { FileLayout } from './layout.ts';
import type { SaleLine } from './line-from-row.ts';
import { BoundedLineIds } from './line-ids.ts';
import { Packer, UNREADABLE, type Packet, type RejectedRow } from './packets.ts';
import { RejectedRows } from './rejected-rows.ts';
import { ResumeFile, type ResumeState } from './resume-state.ts';
import { Sender, type Clock, type SendingPorts } from './sending.ts';
import { systemClock } from './system-clock.ts';
import { DistinctTexts, poundsOf, Totals } from './totals.ts';
import { TransactionsFile } from './transactions-file.ts';
import { layoutNote, SHOWN_ROWS, type ParsedRow } from './parsed-rows.ts';

/** Where the lines go. */
export interface Destination extends Pick<SendingPorts, 'send' | 'passes'> {
  /** What tells it from another destination, such as its address: a replay is resumed only towards the same one. */
  readonly name: string;
  /** What another one of the same name has otherwise, such as a stack whose state was deleted. @default the name */
  readonly identity?: string | undefined;
}

export interface ReplayOptions {
  /** A CSV file, plain or gzip. */
  readonly file: string;
  /** How it is written, as far as a person says so. */
  readonly layout?: FileLayout | undefined;
  /** @default none: a dry run, which reads and checks everything, sends nothing and writes no file but `rejects` */
  readonly destination?: Destination | undefined;
  /** How many rows to read at most, from the first on. @default all */
  readonly rows?: number | undefined;
  /** @unit rows per second @default as fast as the API takes them */
  readonly rate?: number | undefined;
  /** Mutations under way at once. @default 4 */
  readonly concurrency?: number | undefined;
  /** Lines per mutation, 1 to 250. @default 250 */
  readonly batch?: number | undefined;
  /** Go on where an interrupted replay of the same file stopped. */
  readonly resume?: boolean | undefined;
  /** Where rejected rows are written. @default `<file>.rejected.csv` */
  readonly rejects?: string | undefined;
  /** Looks how the stores stand, before anything is sent. */
  readonly begin?: (() => Promise<StoreSnapshot | undefined>) | undefined;
  /** Stops cleanly when it aborts: what is under way is finished, the position is saved. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ReplayProgress) => void) | undefined;
  /** Is told what a person should know, one sentence at a time. */
  readonly onNote?: ((note: string) => void) | undefined;
  /** How long to send one mutation again and again before giving up. @unit milliseconds @default 120_000 */
  readonly patience?: number | undefined;
  /** Least time between two savings of the position. @unit milliseconds @default 2_000 */
  readonly saveEvery?: number | undefined;
  /** Lines whose counters are remembered, see `BoundedLineIds`. @default 200,000 */
  readonly rememberedLines?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
}

/** How far it is. */
export interface ReplayProgress {
  /** Rows accepted or rejected, those of the resumed replay included. */
  readonly rows: number;
  /** How much of the work is done, 0 to 1. */
  readonly share: number;
  readonly rejected: number;
  readonly resent: number;
  /** What the API says while it takes nothing. */
  readonly waitsFor: string | undefined;
}

/** What was read, and what the API has taken: to be compared with what the stores hold. */
export interface ReplayReport {
  readonly outcome: 'finished' | 'stopped';
  readonly dryRun: boolean;
  /** Rows read, those of the resumed replay included. */
  readonly rowsRead: number;
  /** The row after which this run began to send; 0 at the beginning. */
  readonly resumedAfter: number;
  /** Lines accepted (in a dry run: that would be sent), those of the resumed replay included; so are all sums below. */
  readonly accepted: number;
  readonly rejected: number;
  readonly units: number;
  /** @unit GBP / 1000 */
  readonly mills: bigint;
  /** The same in pounds with three places. */
  readonly money: string;
  /** Distinct invoices of the accepted lines; undefined beyond a million. */
  readonly invoices: number | undefined;
  /** Of the earliest and of the latest of the accepted lines, such as `2010-12-01T08:26:00Z`. */
  readonly firstDate: string | undefined;
  readonly lastDate: string | undefined;
  /** Distinct customers of the accepted lines, guests not counted; undefined beyond a million. */
  readonly customers: number | undefined;
  readonly mutations: number;
  readonly streamRecords: number;
  /** Lines that went out again, each counted as often as it did. */
  readonly resent: number;
  /** Of this run. */
  readonly seconds: number;
  /** Rows of this run per second. */
  readonly rowsPerSecond: number;
  /** The first lines that were read, a few. */
  readonly understood: readonly ParsedRow[];
  /** The first rows that were rejected, a few. */
  readonly rejectedExamples: readonly RejectedRow[];
  /** Where rejected rows were written, if there were any. */
  readonly rejectsFile: string | undefined;
  /** Where the position was saved, if there is something left to resume. */
  readonly resumeFile: string | undefined;
  /** How the stores stood before the first row was sent; undefined where nobody looked. */
  readonly since: StoreSnapshot | undefined;
  /** Rows beyond ASCII, by the encoding they were read in. */
  readonly encodings: { readonly utf8: number; readonly windows1252: number };
}

/** The replay began and could not be finished; what was sent stays sent. */
export class ReplayBrokenError extends Error {
  override readonly name = 'ReplayBrokenError';
  readonly code = 'REPLAY_BROKEN';

  constructor(
    readonly report: ReplayReport,
    options: { readonly cause: unknown },
  ) {
    super(options.cause instanceof Error ? options.cause.message : String(options.cause), options);
  }
}

const DEFAULT_CONCURRENCY = 4;
const DEFAULT_PATIENCE = 120_000;
const DEFAULT_SAVE_EVERY = 2_000;

/** Rejected rows that a report shows. */
const EXAMPLES = 5;

const NOWHERE: Destination = {
  name: 'nowhere',
  send: (lines) => Promise.resolve({ accepted: lines.length, failed: [] }),
  passes: () => false,
};

/**
 * Send every row of a CSV file through the API, each until it is accepted or rejected for good.
 *
 * @throws FileError, ColumnsError, DateOrderError, ResumeError and the like before anything is sent; ReplayBrokenError after that
 */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const file = await TransactionsFile.open(options.file, options.layout);
  const { dates, delimiter } = await file.survey();
  for (const note of [layoutNote(delimiter, options.layout ?? {}), datesNote(dates)])
    if (note !== undefined) options.onNote?.(note);
  return new Replay(file.readingDates(dates.reading), options).run();
}

class Replay {
  private readonly clock: Clock;
  private readonly destination: Destination;
  private readonly note: (text: string) => void;
  private readonly signal: AbortSignal;
  private readonly resumeFile: ResumeFile | undefined;
  private readonly resumed: ResumeState | undefined;
  private readonly rejects: RejectedRows | undefined;
  private readonly started: number;
  /** Of everything that was accepted; and of the rows before the position, which is what a resumed replay builds on. */
  private readonly totals: Totals;
  private readonly settledTotals: Totals;
  private readonly invoices = new DistinctTexts();
  private readonly customers = new DistinctTexts();
  private readonly understood: ParsedRow[] = [];
  private readonly rejectedExamples: RejectedRow[] = [];
  private firstDate: string | undefined;
  private lastDate: string | undefined;
  private rowsRead = 0;
  private position: { readonly lastRow: number; readonly share: number };
  private unsaved: ResumeState | undefined;
  private savedRow: number;
  private savedAt: number;
  private encodings = { utf8: 0, windows1252: 0 };
  private since: StoreSnapshot | undefined;

  constructor(
    private readonly file: TransactionsFile,
    private readonly options: ReplayOptions,
  ) {
    const { destination, rejects } = options;
    this.clock = options.clock ?? systemClock;
    this.started = this.savedAt = this.clock.now();
    this.destination = destination ?? NOWHERE;
    this.note = options.onNote ?? (() => undefined);
    this.signal = options.signal ?? new AbortController().signal;
    if (destination !== undefined) {
      const { name, identity = name } = destination;
      const undertaking = { file: file.fingerprint, readAs: file.readAs, target: name, identity };
      this.resumeFile = new ResumeFile(siblingPath(file.path, '.resume.json', this.note), undertaking);
      this.resumed = this.whereToResume(this.resumeFile);
    }
    if (destination !== undefined || rejects !== undefined) {
      const path = rejects ?? siblingPath(file.path, '.rejected.csv', this.note);
      this.rejects = new RejectedRows(path, this.resumed?.rejectsBytes);
      if (this.rejects.bytes < (this.resumed?.rejectsBytes ?? 0))
        this.note(`NOTE: ${path} lacks the rows that were rejected before; it holds those from here on`);
    }
    this.totals = Totals.of(this.resumed?.totals);
    this.settledTotals = Totals.of(this.resumed?.totals);
    this.position = { lastRow: this.resumed?.row ?? 0, share: 0 };
    this.savedRow = this.resumed?.row ?? 0;
  }

  async run(): Promise<ReplayReport> {
    this.since = this.resumed === undefined ? await this.options.begin?.() : this.resumed.since;
    const sender = this.sender();
    let finished: boolean;
    try {
      let readAll = false;
      let sentAll = false;
      try {
        readAll = await this.readAndSend(sender);
      } finally {
        sentAll = await sender.drain();
      }
      finished = readAll && sentAll;
      if (finished) this.resumeFile?.remove();
      else this.save();
    } catch (cause) {
      if (this.rowsRead === 0) throw cause;
      this.save();
      throw new ReplayBrokenError(this.report('stopped'), { cause });
    } finally {
      this.rejects?.close();
    }
    return this.report(finished ? 'finished' : 'stopped');
  }

  private whereToResume(resumeFile: ResumeFile): ResumeState | undefined {
    if (this.options.resume !== true) {
      const row = resumeFile.resumeRow();
      if (row !== undefined)
        this.note(`NOTE: an earlier replay stopped after row ${String(row)}; this one begins anew (--resume goes on there)`);
      resumeFile.remove();
      return undefined;
    }
    const state = resumeFile.read();
    this.note(
      state === undefined
        ? 'NOTE: there is nothing to resume; this replay begins at the first row'
        : `goes on after row ${String(state.row)}; the rows before it are read, not sent`,
    );
    return state;
  }

  private sender(): Sender {
    const { rate, concurrency = DEFAULT_CONCURRENCY, patience = DEFAULT_PATIENCE, random = Math.random } = this.options;
    const { send, passes } = this.destination;
    return new Sender(
      { send, passes, clock: this.clock, random },
      { concurrency, rate, patience },
      {
        attempted: (totals, accepted, waitsFor) => {
          this.totals.add(totals);
          for (const line of accepted) this.count(line);
          this.reportProgress(waitsFor);
        },
        settled: (packet, totals, refused) => {
          this.settle(packet, totals, refused);
        },
      },
      this.signal,
    );
  }

  /** False: the replay was stopped before the last row. */
  private async readAndSend(sender: Sender): Promise<boolean> {
    const { rows: limit = Infinity, rate = Infinity, batch = MAX_LINES_PER_REQUEST } = this.options;
    const resumeAfter = this.resumed?.row ?? 0;
    const ids = new BoundedLineIds(() => this.file.batches(), this.options.rememberedLines);
    const packer = new Packer(Math.min(batch, Math.max(1, Math.ceil(rate))));
    const submit = async (packets: readonly Packet[]) => {
      for (const packet of packets) if (!(await sender.submit(packet))) return false;
      return true;
    };
    const encodings = (counts: { readonly utf8: number; readonly windows1252: number }) => {
      this.encodings = counts;
    };
    let shareBefore = 0;
    for await (const { rows, share } of this.file.batches(encodings)) {
      let place = 0;
      for (const { number, text, line, problem } of rows) {
        if (number > limit) return submit(packer.end());
        this.rowsRead = number;
        if (line !== undefined) line.lineId = ids.identify(line) ?? (await this.recalled(ids, line, number));
        if (number <= resumeAfter) {
          if (line !== undefined) this.count(line);
          continue;
        }
        if (line !== undefined && this.understood.length < SHOWN_ROWS) this.understood.push({ row: number, line });
        place += 1;
        const shareHere = Math.max(shareBefore + ((share - shareBefore) * place) / rows.length, number / limit);
        const full =
          line === undefined
            ? packer.addRejected({ row: number, code: UNREADABLE, reason: problem, text }, shareHere)
            : packer.add({ row: number, text, line }, shareHere);
        if (full.length > 0 && !(await submit(full))) return false;
      }
      if (this.signal.aborted) return false;
      shareBefore = share;
    }
    return submit(packer.end());
  }

  private async recalled(ids: BoundedLineIds, line: SaleLine, row: number): Promise<string> {
    this.note(
      `NOTE: invoice ${line.invoiceNo} comes back in row ${String(row)}, long after its other lines: ` +
        'the file is read again to number identical lines (sort the file by invoice to avoid this)',
    );
    await ids.recall(row);
    const lineId = ids.identify(line);
    if (lineId === undefined) throw new Error(`invoice ${line.invoiceNo} is unknown after a recall`);
    return lineId;
  }

  private count({ invoiceNo, customerId, invoiceDate }: SaleLine): void {
    this.invoices.add(invoiceNo);
    if (this.firstDate === undefined || invoiceDate < this.firstDate) this.firstDate = invoiceDate;
    if (this.lastDate === undefined || invoiceDate > this.lastDate) this.lastDate = invoiceDate;
    if (customerId !== undefined) this.customers.add(customerId);
  }

  private settle(packet: Packet, totals: Totals, refused: readonly RejectedRow[]): void {
    const rejected = [...packet.rejected, ...refused].sort((one, other) => one.row - other.row);
    this.rejects?.append(rejected);
    this.rejectedExamples.push(...rejected.slice(0, EXAMPLES - this.rejectedExamples.length));
    this.totals.rejected += packet.rejected.length;
    this.settledTotals.add(totals);
    this.settledTotals.rejected += packet.rejected.length;
    this.position = packet;
    if (packet.endsInvoice)
      this.unsaved = {
        row: packet.lastRow,
        totals: Totals.of(this.settledTotals),
        rejectsBytes: this.rejects?.bytes ?? 0,
        since: this.since,
      };
    if (this.clock.now() - this.savedAt >= (this.options.saveEvery ?? DEFAULT_SAVE_EVERY)) this.save();
    this.reportProgress(undefined);
  }

  private save(): void {
    if (this.unsaved === undefined || this.resumeFile === undefined) return;
    this.rejects?.sync();
    this.resumeFile.write(this.unsaved);
    this.savedRow = this.unsaved.row;
    this.savedAt = this.clock.now();
    this.unsaved = undefined;
  }

  private reportProgress(waitsFor: string | undefined): void {
    const { lastRow, share } = this.position;
    const { rejected, resent } = this.totals;
    this.options.onProgress?.({ rows: lastRow, share, rejected, resent, waitsFor });
  }

  private report(outcome: ReplayReport['outcome']): ReplayReport {
    const seconds = (this.clock.now() - this.started) / 1000;
    const resumedAfter = this.resumed?.row ?? 0;
    const { lines, rejected, units, mills, mutations, streamRecords, resent } = this.totals;
    return {
      outcome,
      dryRun: this.options.destination === undefined,
      rowsRead: this.rowsRead,
      resumedAfter,
      accepted: lines,
      rejected,
      units,
      mills,
      money: poundsOf(mills),
      firstDate: this.firstDate,
      lastDate: this.lastDate,
      invoices: this.invoices.count,
      customers: this.customers.count,
      mutations,
      streamRecords,
      resent,
      seconds,
      rowsPerSecond: seconds > 0 ? (this.rowsRead - resumedAfter) / seconds : 0,
      understood: this.understood,
      rejectedExamples: this.rejectedExamples,
      rejectsFile: rejected > 0 ? this.rejects?.path : undefined,
      resumeFile: outcome === 'stopped' && this.savedRow > 0 ? this.resumeFile?.path : undefined,
      since: this.since,
      encodings: this.encodings,
    };
  }
}
