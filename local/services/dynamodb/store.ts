import db from 'dynalite/db/index.js';
import type { Level, LevelOperation, LevelRange } from 'dynalite/db/index.js';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HighWater } from '../../high-water.ts';
import { DamagedStateError } from '../../state-files.ts';
import { checkLevelDb } from './leveldb-check.ts';

/** A change of one key; without a value the key goes. */
export interface Change {
  readonly key: string;
  readonly value: unknown;
}

/** Bounds of a range of keys under one prefix, in LevelDB's words. */
export type Range = Omit<LevelRange, 'valueEncoding'>;

/**
 * LevelDB as dynalite opens it. Reads are immediate and see every staged change; changes go to disk in groups.
 *
 * @remarks A call of DynamoDB reads and stages without a pause in between, so calls are serializable without locks, and what one call
 * stages is one LevelDB batch: after a kill -9 all of it is there or nothing. The batch reaches the operating system, not the platter:
 * it survives the process, not a power cut. Each batch has a number, which is kept in the database and, once the batch is written, beside it:
 * so a start can tell when the end of LevelDB's log is missing.
 */
export class Store {
  /** Staged and not yet on disk; null: to be removed. */
  private readonly staged = new Map<string, string | null>();
  private waiting: LevelOperation[] = [];
  /** The group that is being written, and the one after it. */
  private writing: Promise<void> | undefined;
  private collecting: Promise<void> | undefined;

  /** LevelDB is closed, because a write failed, and not yet open again. */
  private isDown = false;
  private isClosed = false;

  private readonly level: Level;
  private readonly highWater: HighWater;
  /** Of the last batch. */
  private number: number;
  private readonly log: (line: string) => void;

  private constructor(
    private readonly directory: string,
    {
      level,
      highWater,
      number,
      log,
    }: { readonly level: Level; readonly highWater: HighWater; readonly number: number; readonly log: (line: string) => void },
  ) {
    this.level = level;
    this.highWater = highWater;
    this.number = number;
    this.log = log;
  }

  /** @throws DamagedStateError @throws Error when another process has the directory open */
  static async open(directory: string, log: (line: string) => void): Promise<Store> {
    await checkLevelDb(directory);
    const { db: level } = db.create({ path: directory });
    try {
      await level.open();
    } catch (cause) {
      const code = cause instanceof Error ? (cause.cause as { code?: unknown } | undefined)?.code : undefined;
      if (code === 'LEVEL_CORRUPTION') throw new DamagedStateError(directory, messageOf(cause), undefined, { cause });
      const locked = code === 'LEVEL_LOCKED';
      throw new Error(
        locked
          ? `${directory} is in use: another process serves these tables; end it or take another directory`
          : `the tables in ${directory} cannot be opened`,
        { cause },
      );
    }
    const path = join(directory, HIGH_WATER);
    const acknowledged = HighWater.read(path);
    const number = Number(level.getSync(HIGH_WATER, { valueEncoding: 'utf8' }) ?? 0);
    if (acknowledged === 'damaged')
      log(`${path} is damaged, and made anew: the checksums of the tables are right, and their end is taken as it is`);
    else if (number < (acknowledged ?? 0)) {
      await level.close();
      const missing = `the last write in it is ${String(number)}, and ${String(acknowledged)} was acknowledged`;
      throw new DamagedStateError(directory, missing);
    }
    return new Store(directory, { level, highWater: HighWater.open(path, number), number, log });
  }

  read(key: string): unknown {
    const staged = this.staged.size === 0 ? undefined : this.staged.get(key);
    if (staged === null) return undefined;
    const text = staged ?? this.level.getSync(key, { valueEncoding: 'utf8' });
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** All of `changes` or none will be on disk; `settled` tells when. */
  stage(changes: readonly Change[]): void {
    if (this.isDown) throw new Error(`the tables in ${this.directory} are closed, because a write failed`);
    for (const { key, value } of changes) {
      if (value === undefined) {
        this.staged.set(key, null);
        this.waiting.push({ type: 'del', key });
      } else {
        const text = JSON.stringify(value);
        this.staged.set(key, text);
        this.waiting.push({ type: 'put', key, value: text, valueEncoding: 'utf8' });
      }
    }
    if (this.collecting || changes.length === 0) return;
    const group = this.flush(this.writing);
    this.collecting = group;
    group.catch(() => {
      this.forget();
    });
  }

  /** When everything staged or read until now is on disk; to be awaited before anything is answered. */
  settled(): Promise<void> {
    return this.collecting ?? this.writing ?? Promise.resolve();
  }

  /** Every key and value under a prefix, on disk as staged. */
  async entries(prefix: string): Promise<[key: string, value: unknown][]> {
    await this.settled();
    const rows = await this.level.iterator({ gte: prefix, lt: `${prefix}\xff`, valueEncoding: 'utf8' }).all();
    return rows.map(([key, text]) => [key.slice(prefix.length), JSON.parse(text)]);
  }

  /** Values of a range in the order of keys, a page at a time, as they are at this moment. */
  async *pages(prefix: string, range: Range): AsyncGenerator<unknown[], void, void> {
    await this.settled();
    const values = this.level.values({ ...under(prefix, range), valueEncoding: 'utf8' });
    const most = range.limit !== undefined && range.limit > 0 ? Math.min(range.limit, PAGE) : PAGE;
    try {
      for (let page = await values.nextv(most); page.length > 0; page = await values.nextv(PAGE)) {
        yield page.map((text): unknown => JSON.parse(text));
      }
    } finally {
      await values.close();
    }
  }

  /** Remove everything under a prefix. */
  async clear(prefix: string): Promise<void> {
    await this.settled();
    await this.level.clear({ gte: prefix, lt: `${prefix}\xff` });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.settled();
    await this.level.close();
    this.highWater.close();
  }

  /** Collect for one turn of the loop, or while the group before is being written; then write all of it in one batch. */
  private async flush(before: Promise<void> | undefined): Promise<void> {
    if (before) await before;
    else await new Promise((resolve) => setImmediate(resolve));
    const operations = this.waiting;
    this.waiting = [];
    this.writing = this.collecting;
    this.collecting = undefined;
    const number = this.number + 1;
    try {
      await this.level.batch([...operations, { type: 'put', key: HIGH_WATER, value: String(number), valueEncoding: 'utf8' }]);
    } catch (error) {
      await this.reopen(error);
      throw error;
    }
    this.number = number;
    this.highWater.write(number);
    this.written(operations);
  }

  /**
   * Open LevelDB anew: behind a write that failed, as on a full disk, its log has half a record, and what it wrote there next would be lost
   * at the next start. Until then every call fails.
   */
  private async reopen(reason: unknown): Promise<void> {
    this.isDown = true;
    this.log(`the tables in ${this.directory} are opened anew, because a write failed: ${messageOf(reason)}`);
    await this.level.close();
    void this.openAgain();
  }

  private async openAgain(): Promise<void> {
    for (let attempt = 1; !this.isClosed; attempt += 1) {
      try {
        await this.level.open();
        this.isDown = false;
        return;
      } catch (error) {
        if (attempt === 1) this.log(`the tables in ${this.directory} cannot be opened yet: ${messageOf(error)}`);
        await pause(PAUSE, undefined, { ref: false });
      }
    }
  }

  private written(operations: readonly LevelOperation[]): void {
    for (const one of operations) {
      if (this.staged.get(one.key) === (one.type === 'put' ? one.value : null)) this.staged.delete(one.key);
    }
    if (this.collecting === undefined) this.writing = undefined;
  }

  /** What is staged by now may rest on what could not be written: none of it happened. */
  private forget(): void {
    this.waiting = [];
    this.staged.clear();
    this.collecting = undefined;
    this.writing = undefined;
  }
}

/** Values that are read from LevelDB at a time. */
const PAGE = 100;
/** The file and the key of the number of the last batch. */
const HIGH_WATER = 'high-water';
/** Between two attempts to open. @unit ms */
const PAUSE = 500;

/** LevelDB says what happened in the cause. */
function messageOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

function under(prefix: string, range: Range): Range {
  const { gt, gte, lt, lte, ...rest } = range;
  return {
    ...rest,
    ...(gte !== undefined ? { gte: prefix + gte } : gt !== undefined ? { gt: prefix + gt } : { gte: prefix }),
    ...(lte !== undefined ? { lte: prefix + lte } : { lt: prefix + (lt ?? '\xff') }),
  };
}
