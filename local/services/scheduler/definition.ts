/** A schedule of EventBridge Scheduler. Numbers are as declared, before any time factor. */
export interface ScheduleDefinition {
  readonly name: string;
  readonly arn: string;
  /** `rate(15 minutes)`, `cron(5 0 * * ? *)` or `at(2027-01-01T00:00:00)`. */
  readonly expression: string;
  /** Of a time zone database, such as `Europe/London`, in which `cron` and `at` are read. */
  readonly timezone: string;
  readonly enabled: boolean;
  readonly target: ScheduleTarget;
  /** A JSON text; absent: `{}`. */
  readonly input?: string;
  /** 0 to 185, of the call that hands the event over; what the function does with it is `AsynchronousDefinition`. */
  readonly retries: number;
  /** 60 to 86,400. @unit seconds */
  readonly maximumAgeSeconds: number;
}

/** What a schedule calls: a function, or Glue's StartJobRun with the schedule's input. */
export type ScheduleTarget =
  | { readonly kind: 'function'; readonly functionName: string }
  | { readonly kind: 'startJobRun'; readonly arn: string; readonly jobName: string };
