import type { Clock } from './clock.ts';
import type { DataDirectory } from './data-directory.ts';

/** What a stack is started with. */
export interface StackOptions {
  readonly directory: DataDirectory;
  readonly accountId: string;
  readonly region: string;
  /** Of the GraphQL API; 0: any free port. */
  readonly port: number;
  /** Declared waits are divided by it. */
  readonly timeFactor: number;
  /** Periods of alarms are divided by it. @default a twentieth of the time factor: work is not shortened by it, and a replay of a year of sales in a minute alarms nobody */
  readonly alarmFactor?: number;
  /** What time it is for the stream and those that read it, for tests. @default the real time */
  readonly streamClock?: Clock;
  /** What time it is for the alarms, for tests. @default the real time */
  readonly alarmClock?: Clock;
  /** The stack's output with the ARN of the secret whose login stands in `warehouseUrl`; absent: no `warehouseUrl`. */
  readonly warehouseLoginOutput?: string;
  log(this: void, line: string): void;
  /** What is done on the way, for who wants to know. @default `log` */
  progress?(this: void, line: string): void;
}
