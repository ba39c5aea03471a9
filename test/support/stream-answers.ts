import type { TransactionLine } from '../../domain/transaction-line.ts';

/** A line as a client writes it: without the time of sending, which the door adds. */
export function sent({ sentAt: _sentAt, ...input }: TransactionLine): Omit<TransactionLine, 'sentAt'> {
  return input;
}

interface PutRecords {
  readonly StreamName: string;
  readonly Records: readonly { readonly PartitionKey: string; readonly Data: string }[];
}

/** The PutRecords request that a resolver hands to its HTTP data source. */
export const putRecordsIn = (asked: unknown): PutRecords =>
  JSON.parse((asked as { params: { body: string } }).params.body) as PutRecords;

/** The lines of each record of that request. */
export const linesIn = (asked: unknown): TransactionLine[][] =>
  putRecordsIn(asked).Records.map(({ Data }) =>
    Buffer.from(Data, 'base64')
      .toString('utf8')
      .split('\n')
      .slice(0, -1)
      .map((text) => JSON.parse(text) as TransactionLine),
  );

/** What the HTTP data source gives for an answer of the stream. */
export const answerOf = (statusCode: number, body: object) => ({ result: { statusCode, body: JSON.stringify(body) } });

/** The stream takes every record, but those for which there is a code. */
export function taken(asked: unknown, codes: readonly (string | undefined)[] = []) {
  const Records = putRecordsIn(asked).Records.map((_, place) =>
    codes[place] === undefined
      ? { SequenceNumber: `4961${String(place)}`, ShardId: 'shardId-000000000000' }
      : { ErrorCode: codes[place], ErrorMessage: 'not now' },
  );
  return answerOf(200, { FailedRecordCount: codes.filter((code) => code !== undefined).length, Records });
}
