import { expect, test } from 'vitest';
import { putAsideIn, FAILURE_PREFIXES } from '../../ingest/arrival/put-aside.ts';
import { toNdjson } from '../../ingest/consumers/stream-judge.ts';
import { givenUpBatch, unjudged } from '../redrive/given-up-objects.ts';
import { line } from '../support/lines.ts';

const [one, two] = ['a', 'b'].map((lineId) => toNdjson([line({ lineId })])) as [string, string];
const rejects = (...messages: readonly string[]) =>
  messages.map((message) => `${JSON.stringify({ reason: 'CannotBeStored', message, line: '{}' })}\n`).join('');

/** What objects at these keys come to. */
const come = (objects: Readonly<Record<string, string | undefined>>, rejected = 0) =>
  putAsideIn(
    Object.entries(objects).map(([key, text]) => ({
      shelf: FAILURE_PREFIXES.find(({ prefix }) => key.startsWith(prefix))!,
      key,
      text,
    })),
    { in: 9, new: 9 - rejected, changed: 0, unchanged: 0, repeated: 0, rejected },
    true,
  );

test('lines that no table took are missing in DynamoDB alone, by reason', () => {
  const found = come({
    'rejected/unstored/1.ndjson': rejects('too large', 'too large'),
    'rejected/unstored/2.ndjson': rejects('damaged'),
  });

  expect(found).toMatchObject([
    { stores: ['DynamoDB'], lines: 2, why: 'CannotBeStored: too large (the first of them)', where: 'rejected/unstored/' },
    { stores: ['DynamoDB'], lines: 1, why: 'CannotBeStored: damaged' },
  ]);
});

test('what no consumer can read is of nobody, and is told all the same', () => {
  expect(come({ 'rejected/store-writer/1.ndjson': rejects('line: write one JSON object') })).toMatchObject([
    { stores: [], lines: 1 },
  ]);
});

test('the accepted lines of a failed batch are counted as missing where its function puts lines', () => {
  const { body } = givenUpBatch([[`${one}garbage\n${two}`, '17850']]);
  const of = (name: string) =>
    JSON.stringify({ ...(JSON.parse(body) as object), requestContext: { functionArn: `arn:x:${name}` } });

  const found = come({
    'aws/lambda/1': of('Tillgraph-dev-RawWriterFunction8'),
    'aws/lambda/2': of('Tillgraph-dev-StoreWriterFunction9'),
  });

  expect(found.map(({ stores, lines }) => [stores, lines])).toEqual([
    [['S3 raw/'], 2],
    [['DynamoDB'], 2],
  ]);
});

test('what the judge of the delivery cannot read, or the warehouse rejects, is missing in Redshift', () => {
  const found = come({ 'firehose/processing-failed/1': unjudged([one, two]).body, 'firehose/refused/list': '{}' }, 3);

  expect(found.map(({ stores, lines, where }) => [stores, lines, where])).toEqual([
    [['Redshift'], 2, 'firehose/processing-failed/'],
    [['Redshift'], undefined, 'firehose/refused/'],
    [['Redshift'], 3, 'intake.reject in the warehouse'],
  ]);
});

test.each(['no JSON', undefined])('an object that cannot be read (%s) is put aside, of unknown number', (text) => {
  expect(come({ 'aws/lambda/x': text })).toMatchObject([{ lines: undefined, why: 'aws/lambda/x was not read' }]);
});
