import type { MappingDefinition } from '../definition.ts';
import type { EventRecord } from './kinesis-event.ts';

/** How an invocation ended, as a mapping sees it. */
export interface InvocationResult {
  /** JSON: the function's result, or its error. */
  readonly payload: string;
  readonly functionError?: string;
  readonly requestId: string;
}

/** Records that the mapping gives up, and why. */
export interface GivenUp {
  readonly records: readonly EventRecord[];
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  /** The last answer; absent when the records grew too old before the function saw them. */
  readonly answer?: InvocationResult;
  readonly invokeCount: number;
}

export interface DeliveryPorts {
  /** Absent: the function is throttled, or not to be reached; that costs no retry. */
  invoke(this: void, records: readonly EventRecord[]): Promise<InvocationResult | undefined>;
  /** Keep what is given up. Resolves when it is kept. */
  giveUp(this: void, givenUp: GivenUp): Promise<void>;
  /** All records up to this one are done. */
  advance(this: void, sequenceNumber: string): void;
  /** Wait before the n-th retry in a row. @returns false when there is no time left, because the stack closes */
  backOff(this: void, attempt: number): Promise<boolean>;
  /** @unit ms since 1970 */
  now(this: void): number;
  /** Aborted when the stack closes: what is not done then is left to the next start. */
  readonly closing: AbortSignal;
}

export type DeliveryRules = Pick<
  MappingDefinition,
  'maximumRetryAttempts' | 'maximumRecordAgeSeconds' | 'bisect' | 'reportBatchItemFailures'
>;

/** A part of a batch and what became of it so far. */
interface Part {
  readonly records: readonly EventRecord[];
  /** Failures that count: a split or a success in part does not. */
  readonly failures: number;
  readonly invokeCount: number;
  readonly answer?: InvocationResult;
}

/**
 * Deliver one batch, in order, until every record is done or given up.
 *
 * @remarks As AWS says: a failed batch is tried again as a whole; with bisect it is split, which costs no retry; with partial responses
 * everything from the lowest reported sequence number on is tried again. What AWS does not say, and we chose: retries are counted anew
 * for what is left after a success in part, so that no record is given up for the failures of another.
 * @returns whether the batch is done; false when the stack closes
 */
export async function deliver(batch: readonly EventRecord[], rules: DeliveryRules, ports: DeliveryPorts): Promise<boolean> {
  const parts: Part[] = [{ records: batch, failures: 0, invokeCount: 0 }];
  let failuresInARow = 0;
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    if (ports.closing.aborted) return false;
    const fresh = await giveUpOld(part, rules, ports);
    if (fresh === undefined) continue;
    const answer = await ports.invoke(fresh.records);
    const failedFrom = answer === undefined ? 0 : firstFailure(fresh.records, answer, rules);
    const done = fresh.records.slice(0, failedFrom);
    const left = fresh.records.slice(failedFrom);
    const lastDone = done.at(-1);
    if (lastDone !== undefined) {
      ports.advance(lastDone.kinesis.sequenceNumber);
      failuresInARow = 0;
    }
    if (left.length === 0) continue;
    const failures = answer === undefined ? fresh.failures : done.length > 0 ? 0 : fresh.failures + 1;
    const rest: Part = { records: left, failures, invokeCount: fresh.invokeCount + 1, ...(answer && { answer }) };
    if (answer !== undefined && done.length === 0 && rules.bisect && left.length > 1) {
      parts.push(...halves(rest, fresh.failures));
    } else if (failures > rules.maximumRetryAttempts) {
      await giveUp(rest, 'RetryAttemptsExhausted', ports);
      continue;
    } else {
      parts.push(rest);
    }
    failuresInARow += 1;
    if (!(await ports.backOff(failuresInARow))) return false;
  }
  return true;
}

/** The second half first, because the last one in is the first one out. */
function halves({ records, invokeCount, answer }: Part, failures: number): Part[] {
  const middle = Math.ceil(records.length / 2);
  return [records.slice(middle), records.slice(0, middle)].map((half) => ({
    records: half,
    failures,
    invokeCount,
    ...(answer && { answer }),
  }));
}

async function giveUpOld(
  part: Part,
  { maximumRecordAgeSeconds }: DeliveryRules,
  ports: DeliveryPorts,
): Promise<Part | undefined> {
  if (maximumRecordAgeSeconds === Infinity) return part;
  const oldest = ports.now() / 1000 - maximumRecordAgeSeconds;
  const firstFresh = part.records.findIndex(({ kinesis }) => kinesis.approximateArrivalTimestamp >= oldest);
  if (firstFresh === 0) return part;
  const old = firstFresh === -1 ? part.records : part.records.slice(0, firstFresh);
  await giveUp({ ...part, records: old }, 'RecordAgeExceeded', ports);
  return firstFresh === -1 ? undefined : { ...part, records: part.records.slice(firstFresh) };
}

async function giveUp(
  { records, answer, invokeCount }: Part,
  condition: GivenUp['condition'],
  ports: DeliveryPorts,
): Promise<void> {
  await ports.giveUp({ records, condition, invokeCount, ...(answer && { answer }) });
  const last = records.at(-1);
  if (last !== undefined) ports.advance(last.kinesis.sequenceNumber);
}

/**
 * Index of the first record that is not done; the length of the batch when all are.
 *
 * @source Lambda developer guide, "Configuring partial batch response with Kinesis": no response or an empty list is success; an
 * identifier that is empty, null, under a wrong name or not of this batch makes the whole batch a failure
 */
export function firstFailure(
  records: readonly EventRecord[],
  answer: InvocationResult,
  { reportBatchItemFailures }: DeliveryRules,
): number {
  if (answer.functionError !== undefined) return 0;
  if (!reportBatchItemFailures) return records.length;
  const response: unknown = JSON.parse(answer.payload);
  if (typeof response !== 'object' || response === null) return records.length;
  const { batchItemFailures = null } = response as { batchItemFailures?: unknown };
  if (batchItemFailures === null) return records.length;
  if (!Array.isArray(batchItemFailures)) return 0;
  const identifiers = (batchItemFailures as unknown[]).map(
    (failure) => (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier,
  );
  if (identifiers.length === 0) return records.length;
  const places = new Map(records.map(({ kinesis }, index) => [kinesis.sequenceNumber, index]));
  return Math.min(...identifiers.map((identifier) => (typeof identifier === 'string' ? (places.get(identifier) ?? 0) : 0)));
}
