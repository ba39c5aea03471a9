import { describe, expect, test } from 'vitest';
import { acceptLine } from '../../domain/accepted-line.ts';
import { EXPECTED } from '../../domain/line-rules.ts';
import { columnsOf } from '../../ingest/replay/columns.ts';
import { LineReader } from '../../ingest/replay/line-from-row.ts';
import { COLUMNS, row } from '../replay/fixtures.ts';
import { line } from '../support/lines.ts';
import { builtResolver } from '../support/resolver.ts';
import { sent, taken } from '../support/stream-answers.ts';
import { beginning, TEXTS_AT_LIMITS } from '../support/texts-at-limits.ts';
import unseen from '../support/unseen-characters.json' with { type: 'json' };

const { resolve } = builtResolver('Mutation.sendTransactions');

/** What GraphQL says of a line; `undefined` when it takes it. */
function byGraphql(change: object): string | undefined {
  const { returned } = resolve({ args: { input: [{ ...sent(line()), ...change }] } }, taken);
  return (returned as { failed: { message: string }[] }).failed[0]?.message;
}

function byHttp(change: object): string | undefined {
  const outcome = acceptLine({ ...line(), ...change }, 0);
  return 'message' in outcome ? outcome.message : undefined;
}

function byReplay(change: object): string | undefined {
  const columns = { StockCode: 'stockCode', Description: 'description', Country: 'country' };
  const texts = Object.entries(columns).map(([column, field]) => [column, change[field as keyof typeof change]] as const);
  const read = new LineReader(columnsOf(COLUMNS)).read(row(Object.fromEntries(texts)).split(','));
  return typeof read === 'string' ? read : undefined;
}

describe('a character is a code point for GraphQL, for HTTP and for the replay of a file', () => {
  test.each(TEXTS_AT_LIMITS)(
    '$field takes $characters characters such as $repeated if they are no more than $limit',
    ({ field, text, characters, limit }) => {
      const shown = characters > 80 ? `${beginning(text, 80)}…` : text;
      const message = characters <= limit ? undefined : `${field}: write ${EXPECTED[field]}: got "${shown}"`;

      const said = [byGraphql, byHttp, byReplay].map((door) => door({ [field]: text }));

      expect(said).toEqual([message, message, message]);
    },
  );
});

describe('what does not show is in no code and no country, by whatever door', () => {
  test.each(Object.entries(unseen))('%s', (_name, character) => {
    for (const field of ['stockCode', 'country'] as const) {
      const text = `85${character}123A`;
      const message = `${field}: write ${EXPECTED[field]}: got "${text}"`;

      const said = [byGraphql, byHttp, byReplay].map((door) => door({ [field]: text }));

      expect(said).toEqual([message, message, message]);
    }
    for (const field of ['lineId', 'invoiceNo', 'customerId'] as const) {
      const said = [byGraphql, byHttp].map((door) => door({ [field]: `85${character}123A` }));

      expect(said.map((message) => message?.startsWith(`${field}: write `))).toEqual([true, true]);
    }
  });

  test.each([
    '85123A',
    'RÉUNION',
    'Česká republika',
    '日本',
    'ประเทศไทย',
    'भारत',
    'مصر',
    'ישראל',
    '대한민국',
    '😀',
    '\ufffd',
    '\ue000',
  ])('letters and marks of any script are taken: %s', (text) => {
    expect([byGraphql, byHttp, byReplay].map((door) => door({ stockCode: text, country: text }))).toEqual(
      Array(3).fill(undefined),
    );
  });
});
