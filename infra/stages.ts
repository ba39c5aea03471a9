import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** What differs between one deployment and another; everything else is the same on purpose. */
export interface Stage {
  readonly name: string;
  /** Shards the stream always has, or `on-demand`: about 11 against 29 dollars a month when nothing happens. */
  readonly capacity: number | 'on-demand';
  /** What becomes of tables, stream, bucket and logs when they leave the stack. */
  readonly removal: RemovalPolicy;
  /** Refuse deletion of stack and tables, keep 35 days of table history and old versions of objects. */
  readonly guarded: boolean;
  /**
   * Write units per second above which a table throttles: a fuse against a bill, not a plan. Consumers then wait and retry.
   *
   * At 0.625 dollars per million units, 4000 cost at most 9 dollars an hour.
   */
  readonly writeFuse: number;
  /** Whether a caller may ask the API for its schema. */
  readonly introspection: boolean;
  readonly logRetention: RetentionDays;
}

/** One engineer's or one test's own: cheap when idle, and `cdk destroy` leaves nothing. */
const dev: Stage = {
  name: 'dev',
  capacity: 1,
  removal: RemovalPolicy.DESTROY,
  guarded: false,
  writeFuse: 4_000,
  introspection: true,
  logRetention: RetentionDays.ONE_WEEK,
};

/** The shop's own: scales by itself, and nothing that holds data can be deleted by mistake. */
const prod: Stage = {
  name: 'prod',
  capacity: 'on-demand',
  removal: RemovalPolicy.RETAIN,
  guarded: true,
  writeFuse: 40_000,
  introspection: false,
  logRetention: RetentionDays.ONE_MONTH,
};

export const stages: readonly Stage[] = [dev, prod];

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
