import { gunzipSync } from 'node:zlib';
import type { FirehoseTransformationEvent } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceptLine } from '../../domain/accepted-line.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { judgeDelivery } from '../../ingest/consumers/delivery-judge.ts';
import { rawWriter } from '../../ingest/consumers/raw-writer.ts';
import { toNdjson } from '../../ingest/consumers/stream-judge.ts';

import { kinesisEvent, kinesisRecord } from '../support/kinesis-records.ts';
import { line } from '../support/lines.ts';

/** As long as one of Firehose: 160 digits, of shard, sequence number and zeros. */
const recordIdOf = (place: number) => `shardId-${'0'.repeat(84)}${String(place).padStart(56, '4')}000000000000`;

/** An invocation as Firehose makes it of records of a Kinesis stream. */
const eventOf = (records: readonly Buffer[]): FirehoseTransformationEvent => ({
  invocationId: '7aadc5cf-37dd-41e3-b554-18037ca12014',
  sourceKinesisStreamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/transactions',
  deliveryStreamArn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/lines',
  region: 'us-east-1',
  records: records.map((data, place) => ({
    recordId: recordIdOf(place),
    approximateArrivalTimestamp: 1_700_000_000_000,
    data: data.toString('base64'),
    kinesisRecordMetadata: {
      shardId: 'shardId-000000000000',
      partitionKey: '17850',
      approximateArrivalTimestamp: 1_700_000_000_000,
      sequenceNumber: String(place).padStart(56, '4'),
      subsequenceNumber: '',
    },
  })),
});

const canonical = (lineId: string) => toNdjson([acceptLine(line({ lineId }), line().sentAt) as TransactionLine]);
const textOf = (data: string | undefined) => Buffer.from(data ?? '', 'base64').toString();
const LIMIT = 6 * 1024 * 1024;

describe('the judge of the delivery', () => {
  test('delivers what a door put on the stream byte for byte', () => {
    const text = `${canonical('a')}${canonical('b')}`;

    const { records } = judgeDelivery(eventOf([Buffer.from(text)]));

    expect(records).toEqual([{ recordId: recordIdOf(0), result: 'Ok', data: Buffer.from(text).toString('base64') }]);
  });

  test('delivers the accepted lines of a record, and drops a record that has none', () => {
    const mixed = `garbage\n${canonical('a')}{"quantity":1}`;

    const { records } = judgeDelivery(
      eventOf([Buffer.from(mixed), Buffer.from('{}\n'), Buffer.from([0xff, 0xfe]), Buffer.alloc(0)]),
    );

    expect(records.map(({ result }) => result)).toEqual(['Ok', 'Dropped', 'Dropped', 'Dropped']);
    expect(textOf(records[0]?.data)).toBe(canonical('a'));
  });

  test('answers every record of any bytes, and delivers what the raw layer keeps of them', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc.constantFrom('a', 'b').map((lineId) => Buffer.from(canonical(lineId))),
      fc.constant(Buffer.from('\n')),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(piece).map((pieces) => Buffer.concat(pieces)),
          { maxLength: 6 },
        ),
        async (bodies) => {
          const { records } = judgeDelivery(eventOf(bodies));

          let raw = '';
          const keep = { put: (_key: string, body: Buffer) => Promise.resolve(void (raw = gunzipSync(body).toString())) };
          const sent = bodies.map((body, place) => {
            const record = kinesisRecord(place + 1, '');
            return { ...record, kinesis: { ...record.kinesis, data: body.toString('base64') } };
          });
          if (sent.length > 0) await rawWriter(keep)(kinesisEvent(sent), new AbortController().signal);
          expect(records.map(({ recordId }) => recordId)).toEqual(bodies.map((_, place) => recordIdOf(place)));
          expect(records.map(({ data }) => textOf(data)).join('')).toBe(raw);
        },
      ),
    );
  });

  test.each([
    ['one line of the shortest form', 1],
    ['many such lines', 500],
  ])('stays within 6 MiB for every event that does, of records with %s', (_, count) => {
    // Whatever grows: a price without places, a quantity and a time with an exponent.
    const shortest =
      '{"lineId":"1","invoiceNo":"1","stockCode":"1","quantity":1e6,"invoiceDate":"2010-12-01T08:26:00Z","unitPrice":"1","country":"U","sentAt":2e14}\n';
    const record = Buffer.from(shortest.repeat(count));
    // Firehose gathers a mebibyte, and what the last record has beyond it.
    const records = Array.from({ length: Math.ceil((1024 * 1024) / record.length) + 1 }, () => record);
    const event = eventOf(records);

    const answer = judgeDelivery(event);

    expect(answer.records.every(({ result }) => result === 'Ok')).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(LIMIT);
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(LIMIT);
  });

  test('says less of a record than it was told', () => {
    const event = eventOf(Array.from({ length: 100 }, () => Buffer.from('x')));

    const answer = judgeDelivery(event);

    expect(JSON.stringify(answer).length).toBeLessThan(JSON.stringify(event).length / 2);
  });
});
