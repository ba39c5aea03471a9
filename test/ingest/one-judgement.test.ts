import { describe, expect, test } from 'vitest';
import { acceptLine, isRefusal } from '../../domain/accepted-line.ts';
import { judgeRecord } from '../../ingest/consumers/stream-judge.ts';
import type { Columns } from '../../ingest/replay/columns.ts';
import { LineReader } from '../../ingest/replay/line-from-row.ts';
import { takeTransactions } from '../../ingest/doors/transactions.ts';
import { JUDGED_LINES } from '../support/judged-lines.ts';
import { line } from '../support/lines.ts';
import { judgedTexts } from '../support/records-judged.ts';
import { builtResolver } from '../support/resolver.ts';
import { linesIn, taken } from '../support/stream-answers.ts';

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

  // A file may be read otherwise, and the reason says by which option.
  const asOthersSay = (reason: string) => reason.replace('; --decimal comma reads it', '');
  expect(outcomes.map((outcome) => (typeof outcome === 'string' ? asOthersSay(outcome) : undefined))).toEqual(reasons);
});

describe('what the stream refuses, no door puts there, and the other way round', () => {
  /** The doors say themselves when a line was sent, and take several in an array. */
  const TEXTS = judgedTexts(line()).filter(
    ({ name, ruling }) => !('refused' in ruling && ruling.refused === 'sentAt') && name !== 'an object in an array',
  );
  const now = 1_700_000_000_000;

  test.each(TEXTS)('HTTP: $name', async ({ bytes, ruling }) => {
    const put: object[] = [];
    const stream = {
      put: (records: readonly { readonly text: string }[]) => {
        put.push(...records.map(({ text }) => JSON.parse(text) as object));
        return Promise.resolve(records.map(() => undefined));
      },
    };

    const answer = await takeTransactions({ body: bytes.toString('base64'), isBase64Encoded: true }, stream, () => now);

    expect(put).toEqual('accepted' in ruling ? [{ ...ruling.accepted, sentAt: now }] : []);
    expect(answer.statusCode).toBe('accepted' in ruling ? 200 : 400);
    if ('refused' in ruling && ruling.refused !== 'line')
      expect(answer.body).toMatch(new RegExp(`"message":"${ruling.refused === 'amount' ? 'amount' : ruling.refused}: write `));
  });

  const sendTransactions = builtResolver('Mutation.sendTransactions');
  const FIELDS = Object.keys(line()).filter((field) => field !== 'sentAt');
  const STRINGS = FIELDS.filter((field) => field !== 'quantity');

  /** What GraphQL gives the resolver of a text, or `undefined` when it has refused it already. */
  function inputOf(bytes: Buffer): object | undefined {
    let sent: Record<string, unknown> | null;
    try {
      sent = JSON.parse(bytes.toString()) as Record<string, unknown> | null;
    } catch {
      return undefined;
    }
    const input = Object.fromEntries(FIELDS.flatMap((field) => (sent?.[field] === undefined ? [] : [[field, sent[field]]])));
    const isTyped =
      Number.isInteger(input['quantity']) &&
      STRINGS.every((field) => typeof (input[field] ?? (OPTIONAL.has(field) ? '' : undefined)) === 'string');
    return isTyped ? input : undefined;
  }
  const OPTIONAL = new Set(['description', 'customerId']);

  test.each(
    TEXTS.filter(
      ({ name, bytes }) => inputOf(bytes) !== undefined && !/Latin-1|Windows-1252|UTF-8|in bytes|cut short/.test(name),
    ),
  )('GraphQL: $name', ({ bytes, ruling }) => {
    const sent: object[] = [];

    const { returned } = sendTransactions.resolve({ args: { input: [inputOf(bytes)] } }, (asked) => {
      sent.push(
        ...linesIn(asked)
          .flat()
          .map((one) => ({ ...one, sentAt: now })),
      );
      return taken(asked);
    });

    expect(sent).toEqual('accepted' in ruling ? [{ ...ruling.accepted, sentAt: now }] : []);
    const { failed } = returned as { failed: { message: string }[] };
    expect(failed.map(({ message }) => message.split(':')[0])).toEqual('refused' in ruling ? [ruling.refused] : []);
  });
});
