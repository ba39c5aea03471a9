import { passes } from '../../domain/receipt.ts';
import { setMaxListeners } from 'node:events';
import type { TransactionInput } from '../../sdk/generated/operations.ts';
import type { SaleLine } from './line-from-row.ts';
import type { OutgoingLine, Packet, RejectedRow } from './packets.ts';
import { Totals } from './totals.ts';

/** What became of the lines of one mutation. */
export interface Receipt {
  readonly accepted: number;
  readonly failed: readonly {
    readonly index: number;
    readonly lineId: string;
    readonly code: string;
    readonly message: string;
  }[];
}

/** The world outside, as far as sending needs it. */
export interface SendingPorts {
  /** One mutation, sent once. */
  readonly send: (lines: readonly TransactionInput[], signal: AbortSignal) => Promise<Receipt>;
  /** Whether a failure of `send` may pass: then the same lines are sent again. */
  readonly passes: (error: unknown) => boolean;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
}

/** Time, so that tests need none. */
export interface Clock {
  /** @unit milliseconds from any beginning */
  now(): number;
  /** @throws the signal's reason when it aborts first */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** How fast and how stubbornly. */
export interface SendingLimits {
  /** Mutations under way at once. */
  readonly concurrency: number;
  /** @unit lines per second; undefined: as fast as the API takes them */
  readonly rate: number | undefined;
  /** How long a mutation is sent again and again while nothing of it is accepted. @unit milliseconds */
  readonly patience: number;
}

/** What the sender tells while it works. */
export interface SendingEvents {
  /** A mutation was answered, or failed for the moment (`waitsFor` says why); `totals` are its own. */
  readonly attempted: (totals: Totals, accepted: readonly SaleLine[], waitsFor: string | undefined) => void;
  /** All lines of the packet are accepted or rejected, and so are those of every packet before it. */
  readonly settled: (packet: Packet, totals: Totals, refused: readonly RejectedRow[]) => void;
}

/** The pause before a line is sent again is anything from zero to a limit that begins here and doubles. @unit milliseconds */
const FIRST_PAUSE = 100;
/** @unit milliseconds */
const LONGEST_PAUSE = 5_000;
/** How long requests under way may take to be answered once sending has ended. @unit milliseconds */
const GRACE = 10_000;
/** Packets that wait for an earlier one with a common customer, for each mutation under way: those behind need not wait. */
const WAITING_EACH = 4;
/** Packets that may be settled while an earlier one is still being sent again. */
const MAX_UNSETTLED = 128;

/** The API did not take a line for too long; everything before it is safe. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
  readonly code = 'UNAVAILABLE';

  constructor(
    readonly lines: number,
    readonly seconds: number,
    readonly reason: string,
    options: ErrorOptions,
  ) {
    super(`the API has taken none of ${String(lines)} lines for ${String(Math.round(seconds))} s: ${reason}`, options);
  }
}

/** The API's receipt does not account for every line: it is not clear what has arrived. */
export class ReceiptError extends Error {
  override readonly name = 'ReceiptError';
  readonly code = 'RECEIPT';

  constructor(
    readonly lines: number,
    readonly receipt: Receipt,
  ) {
    super(
      `the receipt for ${String(lines)} lines names ${String(receipt.accepted)} accepted and ${String(receipt.failed.length)} failed: is this the right API?`,
    );
  }
}

interface Unsettled {
  readonly packet: Packet;
  readonly keys: ReadonlySet<string>;
  readonly totals: Totals;
  readonly refused: RejectedRow[];
  state: 'waiting' | 'under way' | 'done' | 'given up';
}

/**
 * Sends packets, several at once, and each line until it is accepted or rejected for good.
 *
 * @remarks Packets that share a customer (or a guest's invoice) are sent one after the other, so each partition of the stream
 * gets its lines in the order of the file. Only lines that were refused for the moment go out again.
 */
export class Sender {
  private readonly unsettled: Unsettled[] = [];
  private readonly ending = new AbortController();
  private readonly cancel = new AbortController();
  private nextStart = 0;
  private failure: Error | undefined;
  private wake: (() => void)[] = [];

  /** @param stop - when it aborts, nothing more is sent; requests under way may still be answered */
  constructor(
    private readonly ports: SendingPorts,
    private readonly limits: SendingLimits,
    private readonly events: SendingEvents,
    stop: AbortSignal,
  ) {
    // One listener for each mutation under way is no leak.
    setMaxListeners(0, this.ending.signal, this.cancel.signal);
    const end = () => {
      this.end(stop.reason);
    };
    if (stop.aborted) end();
    else stop.addEventListener('abort', end, { once: true });
  }

  /** Waits for room. False: sending has ended, the packet was not taken. @throws what ended it */
  async submit(packet: Packet): Promise<boolean> {
    while (!this.ending.signal.aborted && !this.hasRoom()) await this.change();
    if (this.failure !== undefined) throw this.failure;
    if (this.ending.signal.aborted) return false;
    const keys = new Set(packet.lines.map(({ line }) => line.customerId ?? line.invoiceNo));
    this.unsettled.push({ packet, keys, totals: new Totals(), refused: [], state: 'waiting' });
    this.begin();
    return true;
  }

  /** Waits until nothing is under way. False: some packet was given up. @throws what ended the sending, unless that was `stop` */
  async drain(): Promise<boolean> {
    const over = new AbortController();
    const cancelLate = () => {
      this.ports.clock.wait(GRACE, over.signal).then(
        () => {
          this.cancel.abort(this.ending.signal.reason);
        },
        () => undefined,
      );
    };
    if (this.ending.signal.aborted) cancelLate();
    else this.ending.signal.addEventListener('abort', cancelLate, { once: true });
    while (this.count('under way') + this.count('waiting') > 0) await this.change();
    over.abort();
    if (this.failure !== undefined) throw this.failure;
    return this.unsettled.length === 0;
  }

  private count(wanted: Unsettled['state']): number {
    return this.unsettled.reduce((count, { state }) => count + (state === wanted ? 1 : 0), 0);
  }

  private hasRoom(): boolean {
    return this.count('waiting') < this.limits.concurrency * WAITING_EACH && this.unsettled.length < MAX_UNSETTLED;
  }

  /** Starts every packet that may start: none of its customers has lines in an earlier one that is not done. */
  private begin(): void {
    let free = this.limits.concurrency - this.count('under way');
    const busy = new Set<string>();
    for (const entry of this.unsettled) {
      if (free === 0) return;
      if (entry.state !== 'waiting' && entry.state !== 'under way') continue;
      if (entry.state === 'waiting' && [...entry.keys].every((key) => !busy.has(key))) {
        free -= 1;
        this.start(entry);
      }
      for (const key of entry.keys) busy.add(key);
    }
  }

  private start(entry: Unsettled): void {
    entry.state = 'under way';
    void this.deliver(entry).then(
      () => {
        entry.state = 'done';
        this.settle();
        if (!this.ending.signal.aborted) this.begin();
      },
      (error: unknown) => {
        entry.state = 'given up';
        if (!this.ending.signal.aborted) this.failure = asError(error);
        this.end(error);
      },
    );
  }

  private settle(): void {
    try {
      while (this.unsettled[0]?.state === 'done') {
        const { packet, totals, refused } = this.unsettled[0];
        this.events.settled(packet, totals, refused);
        this.unsettled.shift();
      }
    } catch (error) {
      this.failure ??= asError(error);
      this.end(error);
    }
    this.reportProgress();
  }

  private async deliver({ packet, totals, refused }: Unsettled): Promise<void> {
    let lines = packet.lines;
    let again = false;
    let pauses = 0;
    let lastTaken = this.ports.clock.now();
    while (lines.length > 0) {
      await this.pace(lines.length);
      const answer = await this.attempt(lines, again);
      totals.add(answer.totals);
      refused.push(...answer.refused);
      if (answer.again.length < lines.length) {
        lastTaken = this.ports.clock.now();
        pauses = 0;
      }
      lines = answer.again;
      if (lines.length === 0) return;
      const waited = this.ports.clock.now() - lastTaken;
      if (waited > this.limits.patience)
        throw new UnavailableError(lines.length, waited / 1000, answer.reason, { cause: answer.cause });
      const limit = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** pauses);
      pauses += 1;
      again = true;
      await this.ports.clock.wait(this.ports.random() * limit, this.ending.signal);
    }
  }

  /** One mutation, and what its receipt says of each line. */
  private async attempt(lines: readonly OutgoingLine[], again: boolean): Promise<Attempt> {
    const totals = new Totals();
    totals.mutations = 1;
    totals.resent = again ? lines.length : 0;
    let receipt: Receipt;
    try {
      receipt = await this.ports.send(
        lines.map(({ line }) => line),
        this.cancel.signal,
      );
    } catch (cause) {
      if (this.cancel.signal.aborted || !this.ports.passes(cause)) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.events.attempted(totals, [], reason);
      return { totals, refused: [], again: lines, reason, cause };
    }
    const failures = new Map(receipt.failed.map((failure) => [failure.index, failure]));
    const refused: RejectedRow[] = [];
    const passing: OutgoingLine[] = [];
    const accepted: SaleLine[] = [];
    let reason: string | undefined;
    lines.forEach((outgoing, index) => {
      const failure = failures.get(index);
      if (failure === undefined) accepted.push(outgoing.line);
      else if (passes(failure.code)) {
        passing.push(outgoing);
        reason ??= `${failure.code}: ${failure.message}`;
      } else refused.push({ row: outgoing.row, code: failure.code, reason: failure.message, text: outgoing.text });
    });
    if (accepted.length !== receipt.accepted || accepted.length + receipt.failed.length !== lines.length)
      throw new ReceiptError(lines.length, receipt);
    totals.accept(accepted);
    totals.rejected = refused.length;
    this.events.attempted(totals, accepted, reason);
    return { totals, refused, again: passing, reason: reason ?? '', cause: undefined };
  }

  /** Waits for this many lines' turn under the rate. */
  private async pace(lines: number): Promise<void> {
    if (this.limits.rate === undefined) return;
    const now = this.ports.clock.now();
    const start = Math.max(now, this.nextStart);
    this.nextStart = start + (lines * 1000) / this.limits.rate;
    if (start > now) await this.ports.clock.wait(start - now, this.ending.signal);
  }

  private end(reason: unknown): void {
    this.ending.abort(reason);
    for (const entry of this.unsettled) if (entry.state === 'waiting') entry.state = 'given up';
    this.reportProgress();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.wake.push(resolve));
  }

  private reportProgress(): void {
    const waiting = this.wake;
    this.wake = [];
    for (const wake of waiting) wake();
  }
}

interface Attempt {
  readonly totals: Totals;
  readonly refused: readonly RejectedRow[];
  readonly again: readonly OutgoingLine[];
  readonly reason: string;
  readonly cause: unknown;
}

const asError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown }));
