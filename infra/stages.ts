import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** What differs between one deployment and another; everything else is the same on purpose. */
export interface Stage {
  readonly name: string;
  /** Shards the stream always has, or `on-demand`: about 11 against 29 dollars a month when nothing happens. */
  readonly capacity: number | 'on-demand';
  /** What becomes of tables, stream, bucket and logs when they leave the stack. */
  readonly removal: RemovalPolicy;
  /** Refuse deletion of the stack, and of its tables once it stands; keep 35 days of table history and old versions of objects. */
  readonly guarded: boolean;
  /**
   * Write units per second above which a table throttles: a fuse against a bill, not a plan. Consumers then wait and retry.
   *
   * At 0.625 dollars per million units, 4000 cost at most 9 dollars an hour.
   */
  readonly writeFuse: number;
  /** What an API key may read: everything, or no customer and no invoice, which then need IAM. It never writes. */
  readonly keyReads: 'everything' | 'aggregates';
  /** Whether a caller may ask the API for its schema. */
  readonly introspection: boolean;
  readonly logRetention: RetentionDays;
  /** Requests to the API that one address may send in five minutes, by a web ACL for 6 dollars a month; as many as it likes without. */
  readonly requestsFromOneAddress?: number;
  /** Encrypt the topic of the alarms with a key of the stack's own, for a dollar a month: alarms cannot use the key of AWS. */
  readonly encryptedAlarms: boolean;
  /** The warehouse and all that leads to it; without it, fields that ask it answer with an error. */
  readonly warehouse?: WarehouseSettings;
}

/** What the warehouse of a stage may cost, and how fresh it is: every delivery wakes it, and an hour awake costs 1.50 dollars. */
export interface WarehouseSettings {
  /** Power while awake, in RPU: 4 is the least there is, at 0.375 dollars an hour each and a minute at the least. */
  readonly baseCapacity: number;
  /** Power up to which it may grow while much is asked at once, in RPU: a multiple of 8, which bounds what an hour awake costs. */
  readonly maximumCapacity: number;
  /** RPU-hours of a UTC day, above which queries are refused until the day is over. A whole number. */
  readonly dailyLimit: number;
  /** How long transactions may wait to be delivered as one object, 60 to 900 seconds; longer costs less. */
  readonly bufferSeconds: number;
  /** How large an object may grow before it is delivered sooner, 1 to 128 MiB. */
  readonly bufferMegabytes: number;
  /** How often the loader looks by itself, whole minutes. Costs next to nothing: when there is nothing to load, the warehouse sleeps on. */
  readonly loadEvery: Duration;
  /**
   * When an import looks by itself for files that no start brought in, as EventBridge Scheduler writes it, in UTC. With nothing to
   * do, two workers for a minute: 1.5 cents.
   */
  readonly importSchedule: string;
  /** When the crawler looks for new folders under `bulk/`, as Glue writes it, in UTC, at 15 cents; only when asked without it. */
  readonly crawlSchedule?: string;
  /** A crawler over the schema `bi`, when asked: 22 dollars a month, because what it calls must be reached inside the VPC. */
  readonly warehouseCrawler: boolean;
}

/** One engineer's or one test's own: cheap when idle, and `cdk destroy` leaves nothing. */
const dev: Stage = {
  name: 'dev',
  capacity: 1,
  removal: RemovalPolicy.DESTROY,
  guarded: false,
  writeFuse: 4_000,
  keyReads: 'everything',
  introspection: true,
  logRetention: RetentionDays.ONE_WEEK,
  encryptedAlarms: false,
  warehouse: {
    baseCapacity: 4,
    maximumCapacity: 8,
    dailyLimit: 8,
    bufferSeconds: 300,
    bufferMegabytes: 64,
    loadEvery: Duration.minutes(15),
    // Whoever puts a file there watches it; on one machine, where weeks pass in half an hour, each look starts Python.
    importSchedule: 'cron(15 3 ? * MON *)',
    warehouseCrawler: false,
  },
};

/** As `dev`, without the warehouse: no network, no database, nothing of it that costs. */
const lean: Stage = (({ warehouse: _, ...rest }) => ({ ...rest, name: 'lean' }))(dev);

/** The shop's own: scales by itself, and nothing that holds data can be deleted by mistake. */
const prod: Stage = {
  name: 'prod',
  capacity: 'on-demand',
  removal: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  guarded: true,
  writeFuse: 40_000,
  keyReads: 'aggregates',
  introspection: false,
  logRetention: RetentionDays.ONE_MONTH,
  // 100 a second, which is what the other door lets through in all.
  requestsFromOneAddress: 30_000,
  encryptedAlarms: true,
  warehouse: {
    baseCapacity: 4,
    maximumCapacity: 8,
    dailyLimit: 48,
    bufferSeconds: 300,
    bufferMegabytes: 128,
    loadEvery: Duration.minutes(15),
    // Half a dollar a month, for which no file stays where it was put.
    importSchedule: 'cron(15 3 * * ? *)',
    crawlSchedule: 'cron(30 4 ? * MON *)',
    warehouseCrawler: false,
  },
};

export const stages: readonly Stage[] = [dev, lean, prod];

/** There is no stage of this name. */
export class UnknownStageError extends Error {
  override readonly name = 'UnknownStageError';
  readonly code = 'UNKNOWN_STAGE';

  constructor(readonly stage: unknown) {
    const written = typeof stage === 'string' ? `"${stage}"` : JSON.stringify(stage);
    super(
      `context "stage": write one of ${stages.map(({ name }) => name).join(', ')}, as in "cdk synth -c stage=dev"; got ${written}`,
    );
  }
}

/** The stage called `name`. @throws UnknownStageError */
export function toStage(name: unknown): Stage {
  const stage = stages.find((candidate) => candidate.name === name);
  if (stage === undefined) throw new UnknownStageError(name);
  return stage;
}
