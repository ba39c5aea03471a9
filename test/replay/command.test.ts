import { chmodSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Stores } from '../../ingest/arrival/stores.ts';
import { siblingPath } from '../../ingest/replay/sibling-path.ts';
import { generatedCsv } from '../../ingest/replay/generator.ts';
import { commandOptions, UsageError } from '../../ingest/replay/options.ts';
import { ProgressDisplay } from '../../ingest/replay/progress.ts';
import { runCommand } from './run-command.ts';
import { csv, FakeApi, fileWith, folder, HEADER, refusing, row } from './fixtures.ts';

describe('the exit code and the words', () => {
  test('0 when every row is accepted, with sums to compare the stores with', async () => {
    const { exitCode, printed } = await runCommand([fileWith(csv(row(), row({ InvoiceNo: '536366', CustomerID: '' })))]);

    expect(exitCode).toBe(0);
    expect(printed).toMatch(/lines accepted +2\n/);
    expect(printed).toMatch(/money, GBP +30\.600\n/);
    expect(printed).toMatch(/invoices +2\ncustomers +1\n/);
  });

  test('2 when rows were rejected, with the reasons and where they stand', async () => {
    const file = fileWith(csv(row(), row({ Quantity: 'six' })));

    const { exitCode, printed } = await runCommand([file]);

    expect(exitCode).toBe(2);
    expect(printed).toContain('row 2: quantity: write a whole number from -1000000 to 1000000: got "six"');
    expect(printed).toContain(`${file}.rejected.csv`);
  });

  test('2 when the door refused a row, which is told apart from one that never got there', async () => {
    const file = fileWith(csv(row({ Quantity: 'six' }), row(), row({ InvoiceNo: '536366' })));
    const api = new FakeApi((lines) => refusing(lines, [1], 'InvalidValue'));

    const { exitCode, printed } = await runCommand([file], api);

    expect(exitCode).toBe(2);
    expect(printed).toContain('row 1: quantity: write');
    expect(printed).toContain('row 3 at the door, InvalidValue: InvalidValue by the test');
  });

  test('1 when the file cannot be read, before anything is sent', async () => {
    const api = new FakeApi();

    const { exitCode, shown } = await runCommand([fileWith(HEADER.replace('Country', 'Land'))], api);

    expect(exitCode).toBe(1);
    expect(shown).toContain('ERROR: the header misses Country');
    expect(api.mutations).toEqual([]);
  });

  test('1 when the API refuses, with what was sent and how to go on', async () => {
    const file = fileWith(Buffer.concat([...generatedCsv({ rows: 3_000 })]));
    const api = new FakeApi((_, count) => {
      if (count === 5) throw new Error('not authorized');
      return undefined;
    });

    const { exitCode, printed, shown } = await runCommand([file, '--concurrency', '1', '--outputs', 'x.json'], api);

    expect(exitCode).toBe(1);
    expect(printed).toMatch(/mutations +4\n/);
    expect(shown).toContain('ERROR: not authorized');
    expect(shown).toContain(`Go on with: npm run replay -- ${file} --concurrency 1 --outputs x.json --resume`);
  });

  test('130 when it is interrupted, with how to go on, which then works', async () => {
    const file = fileWith(Buffer.concat([...generatedCsv({ rows: 3_000 })]));
    const interrupt = new AbortController();
    const before = new FakeApi((_, count) => {
      if (count === 6) interrupt.abort();
      return undefined;
    });
    const after = new FakeApi();

    const stopped = await runCommand([file], before, { interrupt });
    const resumed = await runCommand([file, '--resume'], after);

    expect(stopped.exitCode).toBe(130);
    expect(stopped.shown).toContain('stopping: ');
    expect(stopped.printed).toContain(`Go on with: npm run replay -- ${file} --resume`);
    expect(resumed.exitCode).toBe(0);
    expect(resumed.shown).toMatch(/goes on after row \d+/);
    expect(new Set([...before.taken.keys(), ...after.taken.keys()]).size).toBe(3_000);
  });

  test('a dry run needs no API and leaves nothing behind', async () => {
    const file = fileWith(csv(row({ Quantity: 'six' })));
    const noApi = { name: '', send: () => Promise.reject(new Error('sent')), passes: () => false };

    const { exitCode, printed } = await runCommand([file, '--dry-run'], noApi);

    expect(exitCode).toBe(2);
    expect(printed).toMatch(/lines to send +0\n/);
    expect(existsSync(`${file}.rejected.csv`)).toBe(false);
  });

  test('a file that mixes encodings is read, and the user is told', async () => {
    const mixed = Buffer.concat([Buffer.from(csv(row({ Description: '£' }))), Buffer.from(row({ Description: '£' }), 'latin1')]);

    const { printed } = await runCommand([fileWith(mixed), '--dry-run']);

    expect(printed).toContain('NOTE: 1 rows are not UTF-8 and were read as Windows-1252, 1 are UTF-8\n');
  });

  test('no control character of a file reaches the terminal', async () => {
    const { printed } = await runCommand([fileWith(csv(row({ Description: 'a\u001b[31m\u009b2J' }))), '--dry-run']);

    expect(printed).toContain('got "a·[31m·2J"');
    expect(printed.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});

describe('the command line', () => {
  test('has defaults for everything but the file', () => {
    const options = commandOptions(['rows.csv']);

    expect(options).toMatchObject({ file: 'rows.csv', outputs: join('.local', 'outputs.json'), data: '.local', resume: false });
  });

  test('takes the outputs of a deployment instead of a local stack', () => {
    const options = commandOptions(['rows.csv', '--outputs', 'outputs.json']);

    expect(options).toMatchObject({ outputs: 'outputs.json', data: undefined });
  });

  test('asks for help with --help alone', () => {
    expect(commandOptions(['--help'])).toBeUndefined();
  });

  test.each([
    [[], 'name a CSV file'],
    [['a.csv', 'b.csv'], 'name one file'],
    [['a.csv', '--fast'], 'there is no option --fast'],
    [['a.csv', '--rows', '0'], '--rows takes a whole number from 1'],
    [['a.csv', '--rows', '1e3'], 'got "1e3"'],
    [['a.csv', '--batch', '251'], '--batch takes a whole number from 1 to 250'],
    [['a.csv', '--data', 'x', '--outputs', 'y'], 'not both'],
    [['a.csv', '--dry-run', '--resume'], 'cannot --resume'],
    [['a.csv', '--date-format', 'DD/MM'], '--date-format is month-first, day-first, year-first: got "DD/MM"'],
    [['a.csv', '--delimiter', 'space'], '--delimiter is comma, semicolon, tab or pipe: got "space"'],
    [['a.csv', '--decimal', '5'], '--decimal is point or comma: got "5"'],
    [['a.csv', '--map', 'Invoice'], '--map takes THEIRS=OURS, such as Rechnung=InvoiceNo: got "Invoice"'],
    [['a.csv', '--map', 'Land=Nation'], '--map: "Nation" is none of our columns: InvoiceNo, StockCode'],
    [['a.csv', '--map', 'A=Country,B=Country'], '--map: both "A" and "B" are to be "Country"'],
    [['a.csv', '--map', 'A=Country,a=Quantity'], '--map: "a" is to be two columns'],
    [['a.csv', '--layout', 'nothing.json'], '--layout nothing.json: the file cannot be read'],
  ])('%j says what is wrong', (args, message) => {
    const read = () => commandOptions(args);

    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });
});

describe('progress', () => {
  const at = (share: number) => ({ rows: share * 10_000, share, rejected: 1, resent: 2, waitsFor: undefined });

  function shown(isTTY: boolean) {
    let [text, now] = ['', 0];
    const display = new ProgressDisplay({ isTTY, columns: 200, write: (written) => (text += written) }, () => now);
    const update = (seconds: number, share: number) => {
      now = seconds * 1000;
      display.update(at(share));
    };
    return { display, update, text: () => text };
  }

  test('is a line every five seconds where there is no terminal', () => {
    const { update, text } = shown(false);

    for (const second of [0, 1, 5, 6, 9, 10]) update(second, second / 20);

    expect(text().split('\n')).toEqual([
      '25.0 %  2,500 rows  500 rows/s  ETA 0:15  sent again 2  rejected 1',
      '50.0 %  5,000 rows  500 rows/s  ETA 0:10  sent again 2  rejected 1',
      '',
    ]);
  });

  test('is one line that is drawn again and taken away on a terminal', () => {
    const { display, update, text } = shown(true);

    update(0, 0);
    update(1, 0.5);
    update(2, 1);
    display.end();

    const [, first, second, end] = text().split('\r');
    expect(text()).not.toContain('\n');
    expect(first).toContain('[############------------]  50.0 %');
    expect(second).toContain('[########################]  100.0 %');
    expect(end).toBe('\u001b[K');
  });

  test('says what the API says while it takes nothing', () => {
    let [text, now] = ['', 0];
    const display = new ProgressDisplay({ isTTY: true, columns: 200, write: (written) => (text += written) }, () => now);

    now = 1_000;
    display.update({ ...at(0.5), waitsFor: 'Throttled: slow down' });

    expect(text).toContain('waits: Throttled: slow down');
  });
});

describe('a file beside the CSV', () => {
  test('is not written into a folder that nobody may write to, whoever runs the replay', () => {
    const path = folder();
    chmodSync(path, 0o555);

    const elsewhere = siblingPath(join(path, 'rows.csv'), '.rejected.csv', () => undefined);

    expect(dirname(elsewhere)).toBe(process.cwd());
  });

  test('goes to the current folder where writing beside is not permitted, and says so loudly', () => {
    const notes: string[] = [];

    const allowed = siblingPath(
      '/read-only/rows.csv',
      '.rejected.csv',
      () => undefined,
      () => true,
    );
    const elsewhere = siblingPath(
      '/read-only/rows.csv',
      '.rejected.csv',
      (note) => notes.push(note),
      () => false,
    );

    expect(dirname(allowed)).toBe('/read-only');
    expect(elsewhere).toBe(join(process.cwd(), 'rows.csv.rejected.csv'));
    expect(notes).toEqual([expect.stringContaining('not permitted')]);
  });
});

describe('what is behind the door', () => {
  const since = { at: '2026-11-30T12:00:00.000Z', load: 0, known: [] };
  const stores = (change: Partial<Stores> = {}): Stores => ({
    names: ['S3 raw/', 'DynamoDB'],
    begin: () => Promise.resolve(since),
    waiting: () => Promise.resolve([]),
    putAside: () => Promise.resolve([]),
    loads: () => Promise.resolve(undefined),
    close: () => undefined,
    ...change,
  });
  const aside = { stores: ['DynamoDB'], lines: 1, where: 'rejected/unstored/', why: 'x', remedy: 'y' } as const;
  const good = () => fileWith(csv(row()));

  test.each([
    ['everything is stored', stores(), [], 0],
    ['a store put a line aside', stores({ putAside: () => Promise.resolve([aside]) }), [], 2],
    [
      'a store is still at it when the time is over',
      stores({ waiting: () => Promise.resolve([{ store: 'DynamoDB', records: 1 }]) }),
      ['--wait', '1'],
      3,
    ],
    [
      'nobody wanted to wait',
      stores({ waiting: () => Promise.resolve([{ store: 'DynamoDB', records: 1 }]) }),
      ['--wait', '0'],
      0,
    ],
    ['the stack is gone meanwhile', stores({ waiting: () => Promise.reject(new Error('gone')) }), [], 3],
  ])('%s: the exit code says so', async (_, behind, args, expected) => {
    let now = 0;
    const clock = { now: () => (now += 100), wait: () => Promise.resolve() };

    const { exitCode, printed } = await runCommand([good(), ...args], new FakeApi(), { behind: { stores: behind }, clock });

    expect([exitCode, printed]).toEqual([expected, expect.stringContaining('behind the door')]);
  });

  test('cannot be seen of a deployed stack: the command says how to ask', async () => {
    const { exitCode, printed } = await runCommand([good()], new FakeApi(), { behind: { howToAsk: 'behind the door: ask\n' } });

    expect([exitCode, printed]).toEqual([0, expect.stringMatching(/behind the door: ask\n$/)]);
  });

  test('is told after Ctrl-C as well, and by the resumed replay from the first row on', async () => {
    const file = fileWith(Buffer.concat([...generatedCsv({ rows: 3_000 })]));
    const interrupt = new AbortController();
    const before = new FakeApi((_, count) => {
      if (count === 6) interrupt.abort();
      return undefined;
    });
    const asked: unknown[] = [];
    let beginnings = 0;
    const behind = stores({
      begin: () => Promise.resolve({ ...since, load: (beginnings += 1) }),
      putAside: (from) => {
        asked.push(from);
        return Promise.resolve([]);
      },
    });

    const stopped = await runCommand([file], before, { interrupt, behind: { stores: behind } });
    const resumed = await runCommand([file, '--resume'], new FakeApi(), { behind: { stores: behind } });

    expect([stopped.exitCode, resumed.exitCode]).toEqual([130, 0]);
    expect(stopped.printed).toContain('behind the door');
    expect(resumed.printed).toMatch(/^DynamoDB +3,000 +0$/m);
    expect(asked).toEqual([
      { ...since, load: 1 },
      { ...since, load: 1 },
    ]);
  });
});
