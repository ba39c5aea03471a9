import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { rawWriter } from '../../ingest/consumers/raw-writer.ts';
import { storeWriter } from '../../ingest/consumers/store-writer.ts';
import { kinesisEvent, kinesisRecord } from '../support/kinesis-records.ts';
import { line } from '../support/lines.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { asTheDoorsWrite, judgedTexts } from '../support/records-judged.ts';
import { givenShop, type Shop } from '../warehouse/given-shop.ts';
import { differences } from './differences.ts';
import { passedByFirehose } from './firehose-passes.ts';
import { heldAnswers } from './held-ledger.ts';
import { answersOf } from './model.ts';

const never = new AbortController().signal;

/** Every text, each about a line of its own, so that all of them can stand in one store. */
const TEXTS = judgedTexts(line()).map((_, place) => judgedTexts(line({ invoiceNo: `J${place}`, lineId: `J${place}-1` }))[place]!);

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

  test('takes from Firehose what is accepted, and nothing else', async () => {
    const expected = TEXTS.flatMap(({ ruling }): [string, string][] => {
      if (!('accepted' in ruling)) return [];
      const {
        invoiceNo,
        stockCode,
        description = '',
        quantity,
        invoiceDate,
        unitPrice,
        customerId = '',
        ...one
      } = ruling.accepted;
      const facts = [stockCode, description, quantity + 0, invoiceDate, unitPrice, customerId, one.country, one.sentAt];
      return [[invoiceNo, facts.join('|')]];
    });

    const held = await copyAndLoad(passedByFirehose(TEXTS.map(({ bytes }) => bytes)));

    expect(differences({ lines: held }, { lines: Object.fromEntries(expected) })).toEqual([]);
  });
});
