import { describe, expect, test } from 'vitest';
import { acceptLine } from '../../domain/accepted-line.ts';
import { EXPECTED } from '../../domain/line-rules.ts';
import { columnsOf } from '../../ingest/replay/columns.ts';
import { LineReader } from '../../ingest/replay/line-from-row.ts';
import { COLUMNS, row } from '../replay/fixtures.ts';
import { line } from '../support/lines.ts';
import { builtResolver } from '../support/resolver.ts';
import { linesIn, sent, taken } from '../support/stream-answers.ts';
import { beginning, TEXTS_AT_LIMITS } from '../support/texts-at-limits.ts';
import composedTexts from '../support/composed-texts.json' with { type: 'json' };
import unsound from '../support/unsound-characters.json' with { type: 'json' };
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

/** Not in the table, since what reads JSON for tests takes none. */
const HALVES = { 'first half of a character': '\ud83d', 'second half of a character': '\ude00' };

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

  test.each(Object.entries({ ...unsound, ...HALVES }))(
    'nor is what is no text, in a description neither: %s',
    (_name, character) => {
      for (const field of ['stockCode', 'description', 'country'] as const) {
        const text = `85${character}123A`;
        const message = `${field}: write ${EXPECTED[field]}: got "${text}"`;

        const said = [byGraphql, byHttp, byReplay].map((door) => door({ [field]: text }));

        expect(said).toEqual([message, message, message]);
      }
    },
  );

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

describe('a name written in two ways is one name', () => {
  const OF_ANY_SCRIPT = ['stockCode', 'description', 'country'] as const;

  /** What GraphQL puts on the stream. */
  function sentByGraphql(change: object): object {
    let lines: object[] = [];
    resolve({ args: { input: [{ ...sent(line()), ...change }] } }, (asked) => {
      lines = linesIn(asked).flat();
      return taken(asked);
    });
    return lines[0]!;
  }

  function readByReplay(text: string): object {
    const fields = row({ StockCode: text, Description: text, Country: text }).split(',');
    return new LineReader(columnsOf(COLUMNS)).read(fields) as object;
  }

  test.each(composedTexts)('$name', ({ written, stored }) => {
    const change = Object.fromEntries(OF_ANY_SCRIPT.map((field) => [field, written]));
    const kept = Object.fromEntries(OF_ANY_SCRIPT.map((field) => [field, stored]));

    expect(sentByGraphql(change)).toMatchObject(kept);
    expect(acceptLine({ ...line(), ...change }, 0)).toMatchObject(kept);
    expect(readByReplay(written)).toMatchObject(kept);
  });

  test.each(composedTexts)('a question finds it however it is asked for: $name', ({ written, stored }) => {
    const asked = builtResolver('Query.customers').request({ args: { country: ` ${written} ` } });

    expect(asked.stash).toMatchObject({ country: stored });
  });

  test('a number of an invoice is refused as it is written, and not composed to letters that fit', () => {
    const kelvin = { invoiceNo: '\u212a1' };

    expect([byGraphql(kelvin), byHttp(kelvin)]).toEqual(Array(2).fill(`invoiceNo: write ${EXPECTED.invoiceNo}: got "\u212a1"`));
  });
});
