import { describe, expect, test } from 'vitest';
import { runCommand } from './run-command.ts';
import { csv, FakeApi, fileWith, row } from './fixtures.ts';

describe('how a file is written', () => {
  const foreign = [
    'Rechnung;Artikel;Bezeichnung;Menge;Datum;Preis;Kunde;Land',
    '536365;85123A;WHITE HANGING HEART T-LIGHT HOLDER, LARGE;6;1.12.2010 08:26;2,55;17850;United Kingdom',
    'C536366;22633;;-6;31.12.10 18:05;1.234,50;;EIRE',
  ].join('\r\n');
  const map =
    'Rechnung=InvoiceNo,Artikel=StockCode,Bezeichnung=Description,Menge=Quantity,Datum=InvoiceDate,Preis=UnitPrice,Kunde=CustomerID,Land=Country';
  const flags = ['--map', map, '--date-format', 'day-first', '--decimal', 'comma'];
  const understood = [
    '             row 1',
    'InvoiceNo    536365',
    'StockCode    85123A',
    'Description  WHITE HANGING HEART …',
    'Quantity     6',
    'InvoiceDate  2010-12-01T08:26:00Z',
    'UnitPrice    2.550',
    'CustomerID   17850',
    'Country      United Kingdom',
  ];

  test('a dry run shows the first rows as they are understood, and sends nothing', async () => {
    const { exitCode, printed, shown } = await runCommand([fileWith(foreign), '--dry-run', ...flags]);

    expect(exitCode).toBe(2);
    expect(printed.split('\n').slice(0, 9)).toEqual(understood);
    expect(printed).toContain('row 2: unitPrice: write pounds');
    expect(printed).toContain('got "1.234,50"');
    expect(printed).toMatch(/first date +2010-12-01 08:26\nlast date +2010-12-01 08:26\n/);
    expect(shown).toContain('columns are separated by semicolons; prices have a decimal comma; Rechnung is invoiceNo');
    expect(shown).toContain('dates are read day-first, as --date-format says, and go from 2010-12-01 to 2010-12-31');
  });

  test('comes from a small file as well, and an option counts more', async () => {
    const pairs = Object.fromEntries(map.split(',').map((pair) => pair.split('=')));
    const layout = fileWith(JSON.stringify({ map: pairs, dateFormat: 'month-first', decimal: 'comma' }), 'layout.json');

    const { printed } = await runCommand([fileWith(foreign), '--dry-run', '--layout', layout, ...['--date-format', 'day-first']]);

    expect(printed.split('\n').slice(0, 9)).toEqual(understood);
  });

  test('the table fits 80 columns, whatever it shows', async () => {
    const long = row({
      Description: 'é'.repeat(200),
      InvoiceNo: 'x'.repeat(32),
      StockCode: 'y'.repeat(40),
      Country: 'Z'.repeat(60),
    });

    const { printed } = await runCommand([fileWith(csv(row({ Quantity: '-1000000' }), long, long, long)), '--dry-run']);

    const lengths = printed.split('\n').map((line) => line.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(80);
  });

  test('2 when the dates contradict each other, in one line, before anything is sent', async () => {
    const api = new FakeApi();
    const file = fileWith(csv(row({ InvoiceDate: '12/31/2010 8:26' }), row({ InvoiceDate: '31/12/2010 8:26' })));

    const { exitCode, shown } = await runCommand([file], api);

    expect([exitCode, api.mutations]).toEqual([2, []]);
    expect(shown).toMatch(/^ERROR: .*row 1 \(line 2\) "12\/31\/2010 8:26".*row 2 \(line 3\) "31\/12\/2010 8:26".*\n$/);
  });
});
