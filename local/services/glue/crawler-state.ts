import { join } from 'node:path';
import { readState, writeState } from '../../state-files.ts';

/** How a crawl went. Times are ms since 1970. */
export interface LastCrawl {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'CANCELLED';
  readonly error?: string;
  readonly startedAt: number;
  /** Tells the crawl's lines in the log from others. */
  readonly id: string;
}

/** What is kept of a crawler. */
export interface CrawlerState {
  /** Tells whether the crawler is declared as it was. */
  readonly declaration: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** 1 for the first. */
  readonly version: number;
  readonly last?: LastCrawl;
  /** Those that were looked into, such as `s3://bucket/bulk/`. */
  readonly folders: readonly string[];
  /** How long each crawl took, the last at the end; at most a hundred. */
  readonly seconds: readonly number[];
  /** Of the last crawl. */
  readonly tables: { readonly created: number; readonly updated: number; readonly deleted: number };
}

const FILE = 'crawlers.json';

/** What crawlers remember, in one file that is replaced in one step. */
export class CrawlerStates {
  private states: Readonly<Record<string, CrawlerState>>;

  /** @param directory - where the file is; it exists */
  constructor(private readonly directory: string) {
    this.states = (readState(join(directory, FILE)) ?? {}) as Record<string, CrawlerState>;
  }

  find(name: string): CrawlerState | undefined {
    return this.states[name];
  }

  put(name: string, state: CrawlerState): void {
    const states = { ...this.states, [name]: state };
    writeState(join(this.directory, FILE), states);
    this.states = states;
  }
}
