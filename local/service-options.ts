import type { LocalCredentials } from './credentials.ts';
import type { Measure } from './measure.ts';

/** What every service of a stack is started with. */
export interface ServiceOptions {
  readonly credentials: LocalCredentials;
  readonly accountId: string;
  readonly region: string;
  readonly timeFactor: number;
  log(this: void, line: string): void;
  /** Told what the services tell CloudWatch. */
  readonly measure: Measure;
}
