import fc from 'fast-check';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { rawWriter } from '../../ingest/consumers/raw-writer.ts';
import { storeWriter } from '../../ingest/consumers/store-writer.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { kinesisEvent, kinesisRecord } from '../support/kinesis-records.ts';
import { line } from '../support/lines.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { foreignFramings } from '../support/foreign-framings.ts';
import { asTheDoorsWrite, judgedTexts, type JudgedText } from '../support/records-judged.ts';
import { givenShop, type Shop } from '../warehouse/given-shop.ts';
import { differences } from './differences.ts';
import { passedByFirehose } from './firehose-passes.ts';
import { heldAnswers } from './held-ledger.ts';
import { answersOf } from './model.ts';

const never = new AbortController().signal;

/** Every text, each about a line of its own, so that all of them can stand in one store. */
const TEXTS = judgedTexts(line()).map((_, place) => judgedTexts(line({ invoiceNo: `J${place}`, lineId: `J${place}-1` }))[place]!);

const GOOD = Buffer.from(`${JSON.stringify(line({ invoiceNo: 'JF', lineId: 'JF-1' }))}\n`);

/** Records of several texts, in which some lack the last line feed, among records in other framings, which hold no line. */
const batches = fc
  .tuple(
    fc.shuffledSubarray(TEXTS, { minLength: 1, maxLength: 40 }),
    fc.array(fc.record({ separator: fc.constantFrom('\n', '\r\n', '\n\n', ' \n'), ends: fc.boolean(), feed: fc.boolean() }), {
      minLength: 40,
    }),
    fc.subarray(foreignFramings(GOOD)),
  )
  .map(([texts, layouts, framings]) => {
    const records: Buffer[] = [];
    let record: Buffer[] = [];
    for (const [place, { bytes }] of texts.entries()) {
      const { separator, ends, feed } = layouts[place]!;
      record.push(bytes, Buffer.from(ends && !feed ? '' : separator));
      if (!ends) continue;
      records.push(Buffer.concat(record));
      record = [];
    }
    if (record.length > 0) records.push(Buffer.concat(record));
    // Each before the record that would suffer if records were joined.
    framings.forEach(({ bytes }, place) => records.splice((place * 3) % (records.length + 1), 0, bytes));
    return { records, accepted: acceptedOf(texts) };
  });

const acceptedOf = (texts: readonly JudgedText[]) =>
  texts.flatMap(({ ruling }) => ('accepted' in ruling ? [ruling.accepted] : []));

async function storedOf(records: readonly Buffer[]) {
  const ledger = new MemoryLedger();
  const write = storeWriter({ ledger: () => ledger, rejects: { put: async () => undefined }, log: () => undefined });
  const { batchItemFailures } = await write(kinesisEvent(records.map((bytes, place) => kinesisRecord(place + 1, bytes))), never);
  expect(batchItemFailures).toEqual([]);
  return heldAnswers(ledger);
}

async function keptOf(records: readonly Buffer[]): Promise<string> {
  const kept: string[] = [];
  const write = rawWriter({ put: async (_key, body) => void kept.push(gunzipSync(body).toString('utf8')) });
  await write(kinesisEvent(records.map((bytes, place) => kinesisRecord(place + 1, bytes))), never);
  return kept.join('');
}

describe('records of several lines, among foreign ones', () => {
  test('give every consumer the same lines, wherever a line feed is missing', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async ({ records, accepted }) => {
        const written = accepted.map((one) => `${asTheDoorsWrite(one)}\n`).join('');

        expect(await keptOf(records)).toBe(written);
        expect(passedByFirehose(records).toString('utf8')).toBe(written);
        expect(differences(await storedOf(records), answersOf(accepted))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test.each(foreignFramings(GOOD))('$name: no consumer takes a line of it, nor loses the next record', async ({ bytes }) => {
    const records = [bytes, GOOD];

    expect(await keptOf(records)).toBe(GOOD.toString());
    expect(passedByFirehose(records)).toEqual(GOOD);
    expect(Object.keys((await storedOf(records)).invoices)).toEqual(['JF']);
  });
});

/** One text on the stream: its record has no line feed at its end. */
const recordOf = (bytes: Buffer) => kinesisRecord(1, bytes);

describe('the store writer', () => {
  test.each(TEXTS)('judges a record by the rules of the doors: $name', async ({ bytes, ruling }) => {
    const ledger = new MemoryLedger();
    const rejects: string[] = [];
    const write = storeWriter({
      ledger: () => ledger,
      rejects: { put: async (_key, body) => void rejects.push(body.toString('utf8')) },
      log: () => undefined,
    });

    const answer = await write(kinesisEvent([recordOf(bytes)]), never);

    expect(answer.batchItemFailures).toEqual([]);
    const accepted = 'accepted' in ruling ? [ruling.accepted] : [];
    expect(differences(heldAnswers(ledger), answersOf(accepted))).toEqual([]);
    const messages = rejects.map((text) => (JSON.parse(text) as { message: string }).message);
    expect(messages).toHaveLength(1 - accepted.length);
    const field = 'refused' in ruling ? ruling.refused : 'line';
    if (field !== 'line' && field !== 'amount') expect(messages[0]).toMatch(new RegExp(`^${field}: write `));
  });
});

describe('the raw writer', () => {
  test.each(TEXTS)('keeps what is accepted, as the doors write it: $name', async ({ bytes, ruling }) => {
    const kept: string[] = [];
    const write = rawWriter({ put: async (_key, body) => void kept.push(gunzipSync(body).toString('utf8')) });

    await write(kinesisEvent([recordOf(bytes)]), never);

    expect(kept.join('')).toBe('accepted' in ruling ? `${asTheDoorsWrite(ruling.accepted)}\n` : '');
  });
});

describe('what Firehose stages', () => {
  test.each(TEXTS)('is what is accepted, as the doors write it: $name', async ({ bytes, ruling }) => {
    const staged = passedByFirehose([bytes]);

    expect(staged.toString('utf8')).toBe('accepted' in ruling ? `${asTheDoorsWrite(ruling.accepted)}\n` : '');
  });
});

describe('the warehouse', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await givenShop();
  });

  const COLUMNS = 'lineid, invoiceno, stockcode, description, quantity, invoicedate, unitprice, customerid, country, sentat';
  const FACTS = `stock_code, COALESCE(description, ''), quantity, TO_CHAR(invoice_ts, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), unit_price,
    COALESCE(customer_id, ''), country, sent_at`;

  async function copyAndLoad(body: Buffer): Promise<Record<string, string>> {
    await shop.empty();
    shop.objects.put('firehose/one', body);
    shop.objects.put('manifests/one', JSON.stringify({ entries: [{ url: 's3://bucket/firehose/one', mandatory: true }] }));
    await shop.rows(
      `COPY intake.landing (${COLUMNS}) FROM 's3://bucket/manifests/one' CREDENTIALS 'aws_iam_role=arn:aws:iam::000000000000:role/x'
       MANIFEST JSON 'auto ignorecase' TIMEFORMAT 'auto' ACCEPTINVCHARS TRUNCATECOLUMNS MAXERROR 100000`,
    );
    await shop.load();
    const rows = await shop.rows(`SELECT invoice_no, ${FACTS} FROM mart.sales_line`);
    return Object.fromEntries(rows.map(([invoiceNo, ...facts]) => [invoiceNo!, facts.join('|')]));
  }

  const factsOf = (accepted: readonly TransactionLine[]) =>
    Object.fromEntries(
      accepted.map((one) => {
        const {
          invoiceNo,
          stockCode,
          description = '',
          quantity,
          invoiceDate,
          unitPrice,
          customerId = '',
          country,
          sentAt,
        } = one;
        const facts = [stockCode, description, quantity + 0, invoiceDate, unitPrice, customerId, country, sentAt];
        return [invoiceNo, facts.join('|')];
      }),
    );

  test('takes from Firehose what is accepted, and nothing else', async () => {
    const held = await copyAndLoad(passedByFirehose(TEXTS.map(({ bytes }) => bytes)));

    expect(differences({ lines: held }, { lines: factsOf(acceptedOf(TEXTS)) })).toEqual([]);
  });

  test('takes the same lines of records in any framing', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async ({ records, accepted }) => {
        fc.pre(accepted.length > 0);

        const held = await copyAndLoad(passedByFirehose(records));

        expect(differences({ lines: held }, { lines: factsOf(accepted) })).toEqual([]);
      }),
      { numRuns: 2 },
    );
  });
});
