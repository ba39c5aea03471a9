import { util } from '@aws-appsync/utils';
import {
  asTransactionLine,
  LONG_VALUE,
  refusal,
  SHORTENED,
  trimmedLine,
  wrongField,
  type Refusal,
} from '../../domain/line-rules.ts';
import { STREAM_UNAVAILABLE, THROTTLED } from '../../domain/receipt.ts';
import type { PackedRecord } from '../../domain/stream-record.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import type { SendFailure, SendReceipt, TransactionInput } from '../../schema/generated/types.ts';
import { composedLine, fitsOf } from './generated/fits.ts';

/** What the request handler leaves for the response handler. */
export interface SendStash {
  /** Lines refused before sending. */
  refused: SendFailure[];
  /** For each record of the request, the places of its lines in the input. */
  members: number[][];
}

/** What the stream answers through the HTTP data source. */
export interface StreamAnswer {
  readonly statusCode: number;
  readonly body: string;
}

interface PutRecordsAnswer {
  readonly Records?: { readonly ErrorCode?: string; readonly ErrorMessage?: string }[];
  readonly __type?: string;
  readonly message?: string;
}

/** The lines of a request: those to send, in their places, and the refusals. */
export interface CheckedLines {
  readonly lines: (TransactionLine | undefined)[];
  readonly refusals: { readonly index: number; readonly lineId: string; readonly refusal: Refusal }[];
}

/** Check each line once. */
export function checkLines(input: TransactionInput[]): CheckedLines {
  const sentAt = util.time.nowEpochMilliSeconds();
  const refusals: CheckedLines['refusals'] = [];
  const lines = input.map((sent, index) => {
    const line = composedLine(trimmedLine(sent));
    const wrong = wrongField(line, fitsOf(line));
    if (wrong === undefined) return asTransactionLine(line, sentAt);
    // Here, too, the pattern is one of Java's.
    refusals.push({ index, lineId: sent.lineId, refusal: refusal(wrong, wrong.value.replace(LONG_VALUE, SHORTENED)) });
    return undefined;
  });
  return { lines, refusals };
}

/** One PutRecords for all records of the request; leaves in `stash` which lines each record carries. */
export function putRecords(streamName: string, records: PackedRecord[], stash: SendStash) {
  stash.members = [];
  const body = {
    StreamName: streamName,
    Records: records.map((record) => {
      stash.members.push(record.members);
      return { PartitionKey: record.partitionKey, Data: util.base64Encode(record.text) };
    }),
  };
  return {
    method: 'POST' as const,
    resourcePath: '/',
    params: {
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Kinesis_20131202.PutRecords' },
      body: JSON.stringify(body),
    },
  };
}

/** What became of each line, from the stream's answer; a line that may go through later says so in its code. */
export function receipt(input: TransactionInput[], stash: SendStash, answer: StreamAnswer | null): SendReceipt {
  const failed = stash.refused;
  const body = answer === null ? null : (JSON.parse(answer.body) as PutRecordsAnswer | '');
  const type = body === null || body === '' ? '' : (body.__type ?? '');
  const throttled = answer?.statusCode === 429 || util.matches('.*(Throughput|Throttl|LimitExceeded|Throttled).*', type);
  if (answer !== null && answer.statusCode >= 400 && answer.statusCode < 500 && !throttled)
    util.error(`the stream refuses the request: ${answer.body.slice(0, 300)}`, 'StreamRefused');
  const records = answer?.statusCode === 200 && body !== null && body !== '' ? (body.Records ?? []) : [];
  stash.members.forEach((indexes, place) => {
    const record = records[place];
    if (record !== undefined && (record.ErrorCode ?? '') === '') return;
    const busy = throttled || util.matches('.*Throughput.*', record?.ErrorCode ?? '');
    for (const index of indexes) {
      failed.push({
        index,
        lineId: input[index]?.lineId ?? '',
        code: busy ? THROTTLED : STREAM_UNAVAILABLE,
        message: busy
          ? 'the stream is busy: send this line again after a while'
          : `the stream did not take this line (${record?.ErrorCode ?? `status ${answer?.statusCode ?? 'none'}`}): send it again`,
      });
    }
  });
  return { accepted: input.length - failed.length, failed };
}
