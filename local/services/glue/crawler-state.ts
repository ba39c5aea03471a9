import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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
    const path = join(directory, FILE);
    this.states = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, CrawlerState>) : {};
  }

  find(name: string): CrawlerState | undefined {
    return this.states[name];
  }

  put(name: string, state: CrawlerState): void {
    this.states = { ...this.states, [name]: state };
    const path = join(this.directory, FILE);
    writeFileSync(`${path}.next`, JSON.stringify(this.states));
    renameSync(`${path}.next`, path);
  }
}
