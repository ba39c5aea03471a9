import { describe, expect, test } from 'vitest';
import { DateOrderError, DateSurvey, datesNote, type DateFinding } from '../../ingest/replay/date-survey.ts';
import { invoiceDateFrom, USUAL_DATES, type DateOrder } from '../../ingest/replay/invoice-dates.ts';
import { replay } from '../../ingest/replay/replay.ts';
import dateOrders from '../support/date-orders.json' with { type: 'json' };
import { csv, FakeApi, fileWith, row } from './fixtures.ts';

interface Case {
  readonly name: string;
  readonly dates: readonly string[];
  readonly said?: DateOrder;
  readonly order?: DateOrder;
  readonly days?: readonly string[];
  readonly otherwise?: readonly string[];
  readonly refused?: string;
}

function surveyed(dates: readonly string[], said?: DateOrder): DateFinding {
  const survey = new DateSurvey(said);
  dates.forEach((text, place) => {
    survey.add(text, place + 1, place + 2);
  });
  return survey.finding('rows.csv');
}

// The import reads the same files, and comes to the same (test/glue/test_layouts.py).
describe('the order of the dates of a file', () => {
  test.each(dateOrders as readonly Case[])('$name', ({ dates, said, order, days, otherwise, refused }) => {
    if (refused !== undefined) {
      expect(() => surveyed(dates, said)).toThrow(DateOrderError);
      expect(() => surveyed(dates, said)).toThrow(refused);
      return;
    }
    const finding = surveyed(dates, said);

    expect(finding.reading).toEqual({ order, isSaid: said !== undefined });
    expect([finding.days?.first, finding.days?.last]).toEqual(days);
    expect(finding.otherwise && [finding.otherwise.first, finding.otherwise.last]).toEqual(otherwise);
    const read = dates.map((date) => invoiceDateFrom(date, finding.reading));
    expect(read).toContainEqual(expect.stringContaining(days?.[0] ?? '?'));
    expect(read).toContainEqual(expect.stringContaining(days?.[1] ?? '?'));
  });

  test('a contradiction is told with both rows, lines and dates', () => {
    expect(() => surveyed(['12/31/2010 8:26', '31/12/2010 08:26'])).toThrow(
      'row 1 (line 2) "12/31/2010 8:26" can only be month-first and row 2 (line 3) "31/12/2010 08:26" only day-first',
    );
  });

  test('a guess is told before anything is sent, with the date that shows it', () => {
    expect(datesNote(surveyed(['1/12/2010 08:26', '13/12/2010 09:02']))).toBe(
      'dates are read day-first, as row 2 (line 3) "13/12/2010 09:02" shows, and go from 2010-12-01 to 2010-12-13',
    );
    expect(datesNote(surveyed(['1/12/2010 08:26']))).toContain('if they are day-first, from 2010-12-01 to 2010-12-01, say');
    expect(datesNote(surveyed(['2010-12-01 08:26']))).toBe('dates go from 2010-12-01 to 2010-12-01');
    expect(datesNote(surveyed(['never']))).toBeUndefined();
  });
});

describe('a replay', () => {
  const days = (dates: readonly string[]) => fileWith(csv(...dates.map((date) => row({ InvoiceDate: date }))));

  test('of a day-first file sends its days, and reports the first and the last', async () => {
    const [api, notes] = [new FakeApi(), [] as string[]];

    const report = await replay({
      file: days(['1/12/2010 08:26', '31/12/2010 09:02']),
      destination: api,
      onNote: (note) => notes.push(note),
    });

    expect([...api.taken.values()].map(({ invoiceDate }) => invoiceDate)).toEqual([
      '2010-12-01T08:26:00Z',
      '2010-12-31T09:02:00Z',
    ]);
    expect(report).toMatchObject({ firstDate: '2010-12-01T08:26:00Z', lastDate: '2010-12-31T09:02:00Z' });
    expect(notes[0]).toContain('dates are read day-first');
  });

  test.each([
    ['contradicts itself', ['12/31/2010 8:26', '31/12/2010 08:26'], {}],
    ['contradicts what is said', ['12/31/2010 8:26'], { dates: 'day-first' } as const],
    ['is likelier to be day-first', ['1/12/2010 08:26', '2/12/2010 08:26'], {}],
  ])('of a file that %s sends nothing', async (_, dates, layout) => {
    const api = new FakeApi();

    await expect(replay({ file: days(dates), destination: api, layout })).rejects.toThrow(DateOrderError);

    expect(api.mutations).toEqual([]);
  });

  test('names the line of the file, whatever rows stand before it', async () => {
    const file = fileWith(`\n${csv(row({ Description: '"two\nlines"' }), '', row({ InvoiceDate: '12/31/2010 8:26' }))}`);

    await expect(replay({ file, layout: { dates: 'day-first' } })).rejects.toThrow('row 2 (line 6) "12/31/2010 8:26"');
  });
});

describe('a date of a file', () => {
  test.each([
    ['12/1/2010 8:26', '2010-12-01T08:26:00Z'],
    ['1/31/2011 18:05:59', '2011-01-31T18:05:59Z'],
    ['12/1/2010 12:00 AM', '2010-12-01T00:00:00Z'],
    ['12/1/2010 12:00pm', '2010-12-01T12:00:00Z'],
    ['12/1/2010 1:05:09 PM', '2010-12-01T13:05:09Z'],
    ['12/1/2010 0:05 AM', undefined],
    ['12/1/2010 13:05 PM', undefined],
    ['2010-12-01 08:26', '2010-12-01T08:26:00Z'],
    ['2010/12/1 8:26', '2010-12-01T08:26:00Z'],
    ['2010-12-01 08:26:01', '2010-12-01T08:26:01Z'],
    ['2010-12-01T08:26:01.000Z', '2010-12-01T08:26:01Z'],
    ['2010-12-01T08:26:01+01:00', undefined],
    ['1.12.2010 08:26', undefined],
    ['12/1/10 08:26', undefined],
    ['12/1.2010 08:26', undefined],
    ['12/1/2010', undefined],
    ['', undefined],
  ])('%j is %j where nobody has said anything', (text, date) => {
    expect(invoiceDateFrom(text, USUAL_DATES)).toBe(date);
  });
});
