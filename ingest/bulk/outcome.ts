import type { LoadCounts } from '../arrival/stores.ts';
import type { ImportStack } from './import-stack.ts';

/** What the job says of an object, in `import/done/<importId>.json`. */
export interface Transformed {
  readonly object: string;
  readonly run: string;
  readonly status: 'STAGED' | 'EMPTY' | 'REFUSED';
  /** Why an object is refused as a whole. */
  readonly reason?: string;
  readonly read: number;
  readonly rejected: number;
  readonly accepted: number;
  readonly invoices: number;
  readonly customers: number;
  /** @unit pounds, exact, three places */
  readonly money: string;
  /** Of the earliest and of the latest of the accepted lines, such as `2010-12-01T08:26:00Z`; objects imported long ago lack them. */
  readonly firstDate?: string | null;
  readonly lastDate?: string | null;
  /** The key of the COPY manifest. */
  readonly manifest?: string | null;
  /** Where rejected rows are. */
  readonly rejects?: string | null;
  /** ISO 8601. */
  readonly finishedAt: string;
  /** By step. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** What the warehouse says of it, in `import/loaded/<importId>.<run>.json`. */
export interface Loaded {
  readonly status: 'LOADED' | 'REFUSED';
  readonly reason?: string;
  readonly lines?: LoadCounts;
  /** ISO 8601. */
  readonly loadedAt?: string;
  readonly seconds?: Readonly<Record<string, number>>;
}

export const manifestKey = (importId: string, run: string): string => `import/manifests/${importId}.${run}.json`;

type Texts = Pick<ImportStack, 'text'>;

/** `undefined` when the job has not come so far. */
export const readDone = (stack: Texts, importId: string): Promise<Transformed | undefined> =>
  jsonOf(stack, `import/done/${importId}.json`);

/** `undefined` when the warehouse has not come so far. */
export const readLoaded = (stack: Texts, importId: string, run: string): Promise<Loaded | undefined> =>
  jsonOf(stack, `import/loaded/${importId}.${run}.json`);

async function jsonOf<T>(stack: Texts, key: string): Promise<T | undefined> {
  const text = await stack.text(key);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
