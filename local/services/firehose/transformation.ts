import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { ServiceError } from '../../errors.ts';
import type { Outcome } from '../lambda/function-worker.ts';
import type { DeliveryStreamDefinition, ProcessingDefinition } from './definition.ts';
import { readResults, type TransformationResults, type TransformationError } from './transformation-answer.ts';
import type { RecordBuffer, ShardRecord, Transformed } from './record-buffer.ts';

export interface TransformationPorts {
  /** Invoke a function with plain JSON values. @throws ServiceError when it cannot be invoked */
  invoke(this: void, functionName: string, event: unknown): Promise<Outcome>;
  readonly clock: Clock;
  /** How the next invocation goes wrong on demand. */
  fault(this: void): 'fail' | 'fail-after' | undefined;
  /** How long to wait before the n-th retry in a row. @unit ms */
  retry(this: void, attempt: number): number;
  log(this: void, line: string): void;
}

/** Largest event of an invocation. @unit bytes @source Lambda quotas: 6 MB each for request and response */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;
/** What an event has besides its records: ids and ARNs. @unit bytes */
const EVENT_FRAME_BYTES = 2_048;

/**
 * Asks a function what is to be delivered of each record.
 *
 * @remarks An invocation that cannot be made, or ends with an error, is made again as often as the template says; then its records have
 * failed. What a function has answered is not asked again: a record that it calls failed has failed, and an answer that breaks the model
 * makes failed records of the whole event. AWS says the first of invocations that time out or are refused; that it holds for a function's
 * error, and the second, is our reading.
 */
export class Transformation {
  constructor(
    private readonly stream: Pick<DeliveryStreamDefinition, 'arn' | 'kinesisStreamName'>,
    private readonly processing: ProcessingDefinition,
    private readonly ports: TransformationPorts,
  ) {}

  /** Never rejects. @returns undefined when the signal is aborted before it is known */
  async apply(batch: RecordBuffer, signal: AbortSignal): Promise<Transformed | undefined> {
    const [delivered, failed]: [Buffer[], string[]] = [[], []];
    for (const records of eventsOf(batch.read.map(toEventRecord))) {
      const answers = await this.ask(records, signal);
      if (answers === undefined) return undefined;
      for (const { event, arrivedAt } of records) {
        const answer = answers.of(event.recordId);
        if (Buffer.isBuffer(answer)) delivered.push(answer);
        else if (answer !== 'dropped') failed.push(this.failure(event, arrivedAt, answers.attempts, answer));
      }
    }
    return { delivered, failed };
  }

  private async ask(
    records: readonly EventRecord[],
    signal: AbortSignal,
  ): Promise<(TransformationResults & { readonly attempts: number }) | undefined> {
    const { functionName, retries } = this.processing;
    const isOver = () => signal.aborted;
    for (let attempts = 1; ; attempts += 1) {
      const answers = await this.attempt(records);
      if (isOver()) return undefined;
      if ('of' in answers) return { ...answers, attempts };
      this.ports.log(
        `attempt ${String(attempts)} of ${functionName} on ${String(records.length)} records failed: ${answers.errorCode}: ${answers.errorMessage}`,
      );
      if (attempts > retries) return { of: () => answers, attempts };
      await this.ports.clock.wait(this.ports.retry(attempts), signal);
      if (isOver()) return undefined;
    }
  }

  private async attempt(records: readonly EventRecord[]): Promise<TransformationResults | TransformationError> {
    const fault = this.ports.fault();
    if (fault === 'fail') return { errorCode: 'Lambda.InvokeLimitExceeded', errorMessage: 'fault fail' };
    const { functionName } = this.processing;
    const { arn, kinesisStreamName } = this.stream;
    const [, , , region = '', accountId = ''] = arn.split(':');
    try {
      const outcome = await this.ports.invoke(functionName, {
        invocationId: randomUUID(),
        sourceKinesisStreamArn: `arn:aws:kinesis:${region}:${accountId}:stream/${kinesisStreamName}`,
        deliveryStreamArn: arn,
        region,
        records: records.map(({ event }) => event),
      });
      if (fault === 'fail-after') return { errorCode: 'Lambda.FunctionRequestTimedOut', errorMessage: 'fault fail-after' };
      if (outcome.functionError !== undefined) return { errorCode: 'Lambda.FunctionError', errorMessage: outcome.payload };
      return readResults(
        outcome.payload,
        records.map(({ event }) => event.recordId),
      );
    } catch (error) {
      const isThrottled = error instanceof ServiceError && error.code === 'TooManyRequestsException';
      return {
        errorCode: isThrottled ? 'Lambda.InvokeLimitExceeded' : 'Lambda.InvocationFailed',
        errorMessage: String(error),
      };
    }
  }

  /** @source Firehose's guide, "Handle failure in data transformation" */
  private failure(
    { data }: EventRecord['event'],
    arrivedAt: number,
    attemptsMade: number,
    { errorCode, errorMessage }: TransformationError,
  ): string {
    return JSON.stringify({
      attemptsMade,
      arrivalTimestamp: arrivedAt,
      errorCode,
      errorMessage,
      attemptEndingTimestamp: this.ports.clock.now(),
      rawData: data,
      lambdaArn: this.processing.functionArn,
    });
  }
}

/** A record in the event, and what is not in it. */
interface EventRecord {
  readonly arrivedAt: number;
  /** @unit bytes */
  readonly size: number;
  readonly event: {
    readonly recordId: string;
    readonly approximateArrivalTimestamp: number;
    readonly data: string;
    readonly kinesisRecordMetadata: object;
  };
}

/** @source AWS's sample event of Firehose with a stream as its source; that an id is of 160 digits is as people show them */
function toEventRecord({ shardId, record }: ShardRecord): EventRecord {
  const { sequenceNumber, partitionKey, data, arrivedAt } = record;
  const bare = {
    recordId: `${shardId.padEnd(92, '0')}${sequenceNumber}000000000000`,
    approximateArrivalTimestamp: arrivedAt,
    kinesisRecordMetadata: {
      shardId,
      partitionKey,
      approximateArrivalTimestamp: arrivedAt,
      sequenceNumber,
      subsequenceNumber: '',
    },
  };
  const text = data.toString('base64');
  // `,"data":""` and a comma; base64 needs no escapes.
  const size = Buffer.byteLength(JSON.stringify(bare)) + text.length + 11;
  return { arrivedAt, size, event: { ...bare, data: text } };
}

/** As many records in one event as Lambda takes. */
function* eventsOf(records: readonly EventRecord[]): Generator<readonly EventRecord[]> {
  let [event, size]: [EventRecord[], number] = [[], EVENT_FRAME_BYTES];
  for (const record of records) {
    if (event.length > 0 && size + record.size > MAX_EVENT_BYTES) {
      yield event;
      [event, size] = [[], EVENT_FRAME_BYTES];
    }
    event.push(record);
    size += record.size;
  }
  if (event.length > 0) yield event;
}
