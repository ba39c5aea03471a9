import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { backOffDelay, systemClock } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../../errors.ts';
import { DEFAULT_ASYNCHRONOUS } from './template.ts';
import type { LambdaDefinition } from './definition.ts';
import type { Outcome } from './function-worker.ts';

/** What was given up, as an object for the bucket that gets it. */
export interface GivenUpEvent {
  readonly bucket: string;
  readonly key: string;
  readonly body: string;
}

export interface AsynchronousPorts {
  /** One attempt. @throws ServiceError when the function has no room, or is not there */
  invoke(this: void, functionName: string, event: unknown, requestId: string): Promise<Outcome>;
  /** Put into its bucket what was given up. */
  keep(this: void, given: GivenUpEvent): Promise<void>;
  log(this: void, line: string): void;
  readonly clock?: Clock;
  /** Waits between attempts are divided by it. */
  readonly timeFactor: number;
}

/** Why an event goes no further. */
type Condition = 'RetriesExhausted' | 'EventAgeExceeded';

/** How an event has ended. `lost`: the queue was closed before. */
export type Ending = 'done' | 'given up' | 'lost';

/**
 * Before the second attempt after a function error, and before the third. @unit ms
 * @source Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation"
 */
const WAITS_AFTER_ERRORS = [60_000, 120_000];
/** As long as a function has no room: 1 second, doubled up to 5 minutes. @unit ms @source as above */
const BACK_OFF = { first: 1_000, max: 300_000, min: 5 };

/** Largest event of an asynchronous invocation. @unit bytes @source Lambda API, Invoke */
export const MAX_EVENT_BYTES = 1024 * 1024;

/** An event on its way. */
interface Queued {
  readonly definition: LambdaDefinition;
  readonly event: unknown;
  readonly requestId: string;
}

/**
 * Lambda's queues of asynchronous events.
 *
 * @remarks In memory: what a kill finds in it is lost here, while Lambda keeps it. The age limit is not divided by the time factor, because
 * functions do not run faster here.
 */
export class AsynchronousInvocations {
  private readonly closing = new AbortController();
  private readonly running = new Set<Promise<Ending>>();
  /** By function. */
  private readonly lost = new Map<string, number>();
  private readonly clock: Clock;

  constructor(private readonly ports: AsynchronousPorts) {
    this.clock = ports.clock ?? systemClock;
    // Every event that waits listens: any number of them is as it should be.
    setMaxListeners(0, this.closing.signal);
  }

  /** Queue an event. @returns how it ends; it never rejects */
  add(queued: Queued): Promise<Ending> {
    const ending = this.deliver(queued).finally(() => this.running.delete(ending));
    this.running.add(ending);
    return ending;
  }

  /** Nothing is tried again. Resolves when the attempts under way have ended. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.running);
    for (const [name, count] of this.lost) this.ports.log(`lambda ${name}: LOST: ${String(count)} waiting, for the stack closes`);
    this.lost.clear();
  }

  /** A failure of an attempt that closing has ended is no news. */
  private isOpen(): boolean {
    return !this.closing.signal.aborted;
  }

  private async deliver(queued: Queued): Promise<Ending> {
    const { retries, maximumAgeSeconds } = queued.definition.asynchronous ?? DEFAULT_ASYNCHRONOUS;
    const queuedAt = this.clock.now();
    const { signal } = this.closing;
    let [failures, throttles] = [0, 0];
    let last: Outcome | undefined;
    while (!signal.aborted) {
      const outcome = await this.attempt(queued);
      if (outcome === undefined) throttles += 1;
      else if (outcome.functionError === undefined) return 'done';
      else {
        [failures, throttles, last] = [failures + 1, 0, outcome];
        if (this.isOpen()) this.logOutcome(queued, `attempt ${String(failures)} failed: ${outcome.payload}`);
        if (failures > retries) return this.giveUp(queued, 'RetriesExhausted', failures, last);
      }
      const { timeFactor } = this.ports;
      const wait =
        outcome === undefined
          ? backOffDelay(throttles, { ...BACK_OFF, timeFactor })
          : Math.max(BACK_OFF.min, (WAITS_AFTER_ERRORS[failures - 1] ?? BACK_OFF.max) / timeFactor);
      await this.clock.wait(wait, signal);
      if (this.clock.now() - queuedAt > maximumAgeSeconds * 1000) return this.giveUp(queued, 'EventAgeExceeded', failures, last);
    }
    const { name } = queued.definition;
    this.lost.set(name, (this.lost.get(name) ?? 0) + 1);
    return 'lost';
  }

  /** @returns undefined when the function had no room */
  private async attempt(queued: Queued): Promise<Outcome | undefined> {
    try {
      return await this.ports.invoke(queued.definition.name, queued.event, queued.requestId);
    } catch (error) {
      if (!(error instanceof ServiceError)) this.logOutcome(queued, String(error));
      return undefined;
    }
  }

  private async giveUp(queued: Queued, condition: Condition, attempts: number, last: Outcome | undefined): Promise<Ending> {
    this.logOutcome(queued, `GIVEN UP after ${String(attempts)} attempts (${condition}): ${JSON.stringify(queued.event)}`);
    const bucket = queued.definition.asynchronous?.onFailureBucket;
    if (bucket === undefined) return 'given up';
    try {
      await this.ports.keep({ bucket, ...recordOf(queued, { condition, attempts, last, now: new Date(this.clock.now()) }) });
    } catch (error) {
      this.logOutcome(queued, `${bucket} did not take what was given up: ${String(error)}`);
    }
    return 'given up';
  }

  private logOutcome({ definition, requestId }: Queued, words: string): void {
    this.ports.log(`lambda ${definition.name}: request ${requestId}: ${words}`);
  }
}

/** @source Lambda Developer Guide, "Capturing records of Lambda asynchronous invocations": the members, and the key for S3 */
function recordOf(
  { definition, event, requestId }: Queued,
  {
    condition,
    attempts,
    last,
    now,
  }: { readonly condition: Condition; readonly attempts: number; readonly last: Outcome | undefined; readonly now: Date },
): Omit<GivenUpEvent, 'bucket'> {
  const time = now.toISOString();
  const document = {
    version: '1.0',
    timestamp: time,
    requestContext: {
      requestId,
      functionArn: `${definition.arn}:$LATEST`,
      condition,
      approximateInvokeCount: attempts,
    },
    requestPayload: event,
    ...(last && {
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: last.functionError },
      responsePayload: JSON.parse(last.payload) as unknown,
    }),
  };
  const [day = '', clock = ''] = time.slice(0, 19).split('T');
  const path = `aws/lambda/async/${definition.name}/${day.replaceAll('-', '/')}`;
  return { key: `${path}/${day}T${clock.replaceAll(':', '.')}-${randomUUID()}`, body: JSON.stringify(document) };
}
