import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceptLine } from '../../domain/accepted-line.ts';
import { compareTexts, compareVersions } from '../../domain/line-version.ts';
import { packLines } from '../../domain/stream-record.ts';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { judgeRecord, toNdjson } from '../../ingest/consumers/stream-judge.ts';
import { line } from '../support/lines.ts';

const judge = (text: string) => judgeRecord(Buffer.from(text));
const reasons = (text: string) => judge(text).refused.map(({ message }) => message.split(':')[0]);

describe('a stream record', () => {
  test('gives the lines that a door put there, byte for byte', () => {
    const sent = [line({ lineId: 'a' }), line({ lineId: 'b', description: 'LANTERN 🏮' })];
    const accepted = sent.map((one) => acceptLine(one, 1_700_000_000_000) as TransactionLine);
    const text = packLines(accepted)[0]?.text ?? '';

    const { lines, refused } = judge(text);

    expect(toNdjson(lines)).toBe(text);
    expect(refused).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['no time of sending', { sentAt: undefined }, 'sentAt'],
    ['a time of sending in text', { sentAt: '1291191960000' }, 'sentAt'],
    ['a negative time of sending', { sentAt: -1 }, 'sentAt'],
    ['half a millisecond', { sentAt: 0.5 }, 'sentAt'],
    ['a time of sending in the year 10000', { sentAt: 253_402_300_800_000 }, 'sentAt'],
    ['no quantity', { quantity: undefined }, 'quantity'],
    ['a quantity in text', { quantity: '5' }, 'quantity'],
    ['no quantity but a Quantity', { quantity: undefined, Quantity: 5 }, 'quantity'],
    ['a price that is a number', { unitPrice: 1 }, 'unitPrice'],
    ['an empty customer', { customerId: '' }, 'customerId'],
    ['a tab in its id', { lineId: 'a\tb' }, 'lineId'],
    ['a line feed in its id', { lineId: 'a\nb' }, 'lineId'],
    ['half a character', { stockCode: 'S\ud800' }, 'stockCode'],
    ['an amount that cannot be summed', { quantity: 1_000_000, unitPrice: '10' }, 'amount'],
  ])('with %s is refused, naming the field', (_, change, field) => {
    const { lines, refused } = judge(`${JSON.stringify({ ...line(), ...change })}\n`);

    expect(lines).toEqual([]);
    expect(refused).toMatchObject([{ reason: 'InvalidValue', message: expect.stringMatching(`^${field}: write `) as string }]);
  });

  test('keeps good lines between bad ones, also without a last line feed', () => {
    const text = `garbage\n${JSON.stringify(line({ lineId: 'a' }))}\n{}{}\n\n${JSON.stringify(line({ lineId: 'b' }))}`;

    expect(judge(text).lines.map(({ lineId }) => lineId)).toEqual(['a', 'b']);
    expect(reasons(text)).toEqual(['line', 'line']);
  });

  test('that is no UTF-8 loses only the line that is none, and keeps its bytes', () => {
    const latin1 = Buffer.from(JSON.stringify(line({ description: 'CAFÉ' })), 'latin1');
    const good = Buffer.from(toNdjson([line({ lineId: 'a' })]));

    const { lines, refused } = judgeRecord(Buffer.concat([good, latin1, Buffer.from('\n'), good]));

    expect(lines).toHaveLength(2);
    expect(refused).toMatchObject([{ reason: 'NotText', line: latin1.toString('base64'), encoding: 'base64' }]);
  });

  test.each(['quantity', 'lineId', 'description', 'sentAt'])('with a %s nested 100,000 levels deep is refused', (field) => {
    const text = JSON.stringify({ ...line(), [field]: 'HERE' }).replace('"HERE"', '['.repeat(100_000) + ']'.repeat(100_000));

    expect(judge(text).refused).toMatchObject([
      { reason: 'InvalidValue', message: expect.stringMatching(`^${field}: write `) as string },
    ]);
  });

  test('of any bytes is judged: every piece between line feeds is a line or refused', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.json(), fc.string(), fc.constant(JSON.stringify(line())))), (pieces) => {
        const text = pieces.map((piece) => piece.replaceAll('\n', ' ')).join('\n');

        const { lines, refused } = judge(text);

        expect(lines.length + refused.length).toBe(text.split('\n').filter((piece) => !/^[ \t\r]*$/.test(piece)).length);
      }),
    );
  });
});

describe('versions of a line', () => {
  test('are ordered by the time of sending, then by their content', () => {
    const first = line({ sentAt: 1, country: 'Z' });

    expect(compareVersions(first, line({ sentAt: 2, country: 'A' }))).toBeLessThan(0);
    expect(compareVersions(first, line({ sentAt: 1, country: 'A' }))).toBeGreaterThan(0);
    expect(compareVersions(first, line({ sentAt: 1, country: 'Z' }))).toBe(0);
  });

  test('are ordered as their bytes in UTF-8 are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(Math.sign(compareTexts(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
    expect(compareTexts('🏮', '\ufb01')).toBeGreaterThan(0);
  });
});
