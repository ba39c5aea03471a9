import { randomUUID } from 'node:crypto';
import { errorText } from '../../errors.ts';
import type { EventRuleDefinition } from './definition.ts';
import { compilePattern } from './pattern.ts';
import type { ObjectCreated } from '../s3/call.ts';

/** An event as rules see it and functions get it. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601 in UTC, to the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

export interface EventBridgeOptions {
  readonly accountId: string;
  readonly region: string;
  readonly rules: readonly EventRuleDefinition[];
  /** Put an event into a function's queue; what the function makes of it is the queue's affair. */
  invokeAsynchronously(this: void, functionName: string, event: unknown): void | Promise<void>;
  log(this: void, line: string): void;
}

/**
 * The default event bus of EventBridge, as far as S3 and Glue use it.
 *
 * @remarks Events are handed on at once and not kept: one that a kill overtakes on the way between bucket and queue is lost. (On AWS S3's
 * delivery is durable.) A consumer that must not miss an object also lists the bucket now and then.
 */
export interface EventBridge {
  /** S3 made an object in a bucket that sends its events. */
  objectCreated(created: ObjectCreated): void;
  /** A run of a Glue job has come into another state. */
  jobRunChanged(change: JobRunChange): void;
}

/** What a run has become. */
export interface JobRunChange {
  readonly jobName: string;
  readonly id: string;
  readonly state: string;
  /** Why it failed. */
  readonly errorMessage?: string;
  /** @unit ms since 1970 */
  readonly modifiedAt: number;
}

/** @throws EventPatternError when a rule asks for what is not known here */
export function startEventBridge(options: EventBridgeOptions): EventBridge {
  const rules = options.rules.map((rule) => {
    try {
      const targets = rule.targets.map(({ functionName, input }) => ({
        functionName,
        eventFor: input === undefined ? (event: BusEvent): unknown => event : constant(input),
      }));
      return { ...rule, targets, matches: compilePattern(rule.pattern) };
    } catch (cause) {
      throw new Error(`rule ${rule.name}: ${errorText(cause)}`, { cause });
    }
  });
  const awake = rules.filter(({ enabled }) => enabled);

  async function send(ruleName: string, functionName: string, event: unknown): Promise<void> {
    try {
      await options.invokeAsynchronously(functionName, event);
    } catch (error) {
      options.log(`rule ${ruleName} cannot invoke ${functionName}: ${String(error)}`);
    }
  }

  function put(event: BusEvent): void {
    for (const { name, matches, targets } of awake) {
      if (!matches(event)) continue;
      for (const { functionName, eventFor } of targets) void send(name, functionName, eventFor(event));
    }
  }

  let count = 0;
  return {
    objectCreated: (created) => {
      count += 1;
      put(objectCreatedEvent(created, count, options));
    },
    jobRunChanged: (change) => {
      const severity = SEVERITIES[change.state];
      if (severity !== undefined) put(jobStateEvent(change, severity, options));
    },
  };
}

/**
 * The states that Glue tells as `Glue Job State Change`: the ends only. Of what goes on it speaks in `Glue Job Run Status`, which nothing
 * sends here.
 *
 * @source AWS Glue User Guide, "Automating AWS Glue with EventBridge"
 */
const SEVERITIES: Readonly<Record<string, string>> = { SUCCEEDED: 'INFO', STOPPED: 'INFO', FAILED: 'ERROR', TIMEOUT: 'WARN' };

function jobStateEvent(
  { jobName, id, state, errorMessage, modifiedAt }: JobRunChange,
  severity: string,
  { accountId, region }: Pick<EventBridgeOptions, 'accountId' | 'region'>,
): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Glue Job State Change',
    source: 'aws.glue',
    account: accountId,
    time: toTheSecond(modifiedAt),
    region,
    resources: [],
    detail: { jobName, severity, state, jobRunId: id, message: errorMessage ?? `Job run ${state.toLowerCase()}` },
  };
}

const toTheSecond = (milliseconds: number): string => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

/** @throws SyntaxError when the text is no JSON */
function constant(input: string): () => unknown {
  const event: unknown = JSON.parse(input);
  return () => event;
}

/**
 * @param count - of the events so far: it makes the sequencers of one second grow
 * @source Amazon S3 User Guide, "EventBridge event message structure". What a sequencer consists of is not documented; its first eight digits
 * in the example are the seconds since 1970.
 */
function objectCreatedEvent(
  { bucket, key, size, etag, reason, requestId, sourceAddress, time }: ObjectCreated,
  count: number,
  { accountId, region }: Pick<EventBridgeOptions, 'accountId' | 'region'>,
): BusEvent {
  const seconds = Math.floor(time / 1000);
  const sequencer = seconds.toString(16).padStart(8, '0') + (count % 2 ** 32).toString(16).padStart(8, '0');
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: accountId,
    time: toTheSecond(time),
    region,
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { key, size, etag, sequencer },
      'request-id': requestId,
      requester: accountId,
      'source-ip-address': sourceAddress,
      reason,
    },
  };
}
