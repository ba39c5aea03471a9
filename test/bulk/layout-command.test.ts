import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { csv, fileWith, folder, row } from '../replay/fixtures.ts';
import { runCommand } from './run-command.ts';
import { FakeStack } from './fake-stack.ts';

describe('how a file is written', () => {
  const dated = (...dates: readonly string[]) => fileWith(csv(...dates.map((InvoiceDate) => row({ InvoiceDate }))), 'day.csv');

  test('goes with it, in ASCII, and its dates are told before', async () => {
    const stack = new FakeStack();

    const { exitCode, printed, shown } = await runCommand(
      [dated('1/12/2010 08:26', '2/12/2010 08:26'), '--date-format', 'day-first', '--decimal', 'comma'],
      stack,
    );

    expect(exitCode).toBe(0);
    expect(stack.layouts.get('bulk/day.csv')).toBe('{"dateFormat":"day-first","decimal":"comma"}');
    expect(shown).toContain('dates are read day-first, as --date-format says, and go from 2010-12-01 to 2010-12-02');
    expect(printed).toMatch(/first date +2010-12-01 08:26\nlast date +2011-12-09 12:50\n/);
  });

  test('when it is said otherwise of a file that was imported, the file is imported again', async () => {
    const [stack, path] = [new FakeStack(), dated('12/1/2010 8:26')];
    await runCommand([path], stack);

    const { exitCode, printed } = await runCommand([path, '--date-format', 'day-first'], stack);
    const third = await runCommand([path, '--date-format', 'day-first'], stack);

    expect(exitCode).toBe(0);
    expect(stack.puts).toHaveLength(2);
    expect(stack.started).toEqual([['bulk/day.csv']]);
    expect(printed).toMatch(/rows read +10\n/);
    expect(third.printed).toContain('was imported already');
  });

  test.each([
    ['contradicts itself', ['12/31/2010 8:26', '31/12/2010 08:26'], []],
    ['contradicts what is said', ['12/31/2010 8:26'], ['--date-format', 'day-first']],
    ['is likelier to be day-first', ['1/12/2010 08:26', '2/12/2010 08:26'], []],
  ])('a file that %s is not sent, and the exit code is 2', async (_, dates, flags) => {
    const stack = new FakeStack();

    const { exitCode, shown } = await runCommand([dated(...dates), ...flags], stack);

    expect([exitCode, stack.puts]).toEqual([2, []]);
    expect(shown).toMatch(/^ERROR: .*day\.csv: .*\n$/);
  });

  test('of many files is told in a sentence, with those that nothing tells', async () => {
    const directory = folder();
    const dates = { 'a.csv': '12/13/2010 8:26', 'b.csv': '12/14/2010 8:26', 'c.csv': '12/1/2010 8:26' };
    for (const [name, InvoiceDate] of Object.entries(dates)) writeFileSync(join(directory, name), csv(row({ InvoiceDate })));

    const { shown } = await runCommand([directory]);

    expect(shown).toContain('dates of 3 files are read month-first, and go from 2010-12-01 to 2010-12-14\n');
    expect(shown).toContain(`NOTE: in 1 of the files no date tells month and day apart, such as in ${join(directory, 'c.csv')}`);
  });

  test('is shown by a dry run, which sends nothing', async () => {
    const stack = new FakeStack();

    const { exitCode, printed } = await runCommand([dated('1/12/2010 08:26', '13/12/2010 08:26'), '--dry-run'], stack);

    expect([exitCode, stack.puts]).toEqual([0, []]);
    expect(printed).toContain('day.csv would be bulk/day.csv\n');
    expect(printed).toContain('InvoiceDate  2010-12-01T08:26:00Z   2010-12-13T08:26:00Z\n');
    expect(printed).toMatch(/first date +2010-12-01 08:26\nlast date +2010-12-13 08:26\n/);
  });

  test('is refused when it is more than stays beside an object', async () => {
    const { exitCode, shown } = await runCommand([dated('12/1/2010 8:26'), '--map', `${'x'.repeat(3_000)}=Country`]);

    expect(exitCode).toBe(1);
    expect(shown).toContain('2000 stay beside a file');
  });
});
