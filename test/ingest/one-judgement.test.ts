import { expect, test } from 'vitest';
import { acceptLine, isRefusal } from '../../domain/accepted-line.ts';
import { judgeRecord } from '../../ingest/consumers/stream-judge.ts';
import type { Columns } from '../../ingest/replay/columns.ts';
import { LineReader } from '../../ingest/replay/line-from-row.ts';
import { JUDGED_LINES } from '../support/judged-lines.ts';

// test/warehouse/reject.test.ts asks the warehouse, test/glue/test_transform.py the import job.

const reasons = JUDGED_LINES.map(({ reason }) => reason);

test('the doors take and refuse the lines of the table in its words', () => {
  const outcomes = JUDGED_LINES.map(({ sent }) => acceptLine(sent, 1));

  expect(outcomes.map((outcome) => (isRefusal(outcome) ? outcome.message : undefined))).toEqual(reasons);
});

test('so do the consumers of the stream', () => {
  const judged = JUDGED_LINES.map(({ sent }) => judgeRecord(Buffer.from(JSON.stringify({ ...sent, sentAt: 1 }))));

  expect(judged.map(({ refused }) => refused[0]?.message)).toEqual(reasons);
  expect(judged.map(({ lines }) => lines.length)).toEqual(reasons.map((reason) => (reason === undefined ? 1 : 0)));
});

test('so does the replay of a file', () => {
  const names = [
    'invoiceNo',
    'stockCode',
    'description',
    'quantity',
    'invoiceDate',
    'unitPrice',
    'customerId',
    'country',
  ] as const;
  const reader = new LineReader(Object.fromEntries(names.map((name, place) => [name, place])) as unknown as Columns);

  const outcomes = JUDGED_LINES.map(({ sent }) => reader.read(names.map((name) => String(sent[name] ?? ''))));

  expect(outcomes.map((outcome) => (typeof outcome === 'string' ? outcome : undefined))).toEqual(reasons);
});
