import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ScheduleSource } from '../../ingest/bulk/schedule.ts';
import { csv, fileWith, folder, row } from '../replay/fixtures.ts';
import { runCommand } from './run-command.ts';
import { FakeClock, FakeStack } from './fake-stack.ts';

describe('a file that was never imported', () => {
  test('is put under bulk/, and the command ends with what the job and the warehouse say of it', async () => {
    const stack = new FakeStack();
    const file = fileWith(csv(row()), 'day.csv');

    const { exitCode, printed, shown } = await runCommand([file], stack);

    expect(exitCode).toBe(0);
    expect(stack.puts).toEqual(['bulk/day.csv']);
    expect(stack.started).toEqual([]);
    expect(printed).toContain('In Redshift alone: DynamoDB has what was streamed');
    expect(printed).toMatch(/rows read +10\nrows rejected +0\nlines accepted +10\n +new +10\n +unchanged +0\n/);
    expect(printed).toMatch(/invoices +2\ncustomers +1\nmoney, GBP +12\.340\nseconds /);
    expect(printed).toMatch(/ {4}transform +1\.0\n {4}write +2\.0\n {2}loading +\d+\.\d\n {4}copy +1\.0\n {4}load +3\.0\n/);
    expect(shown).toMatch(/uploading.*\n.*starting.*\n.*Spark.*\n.*loading/s);
  });

  test('exits with 2 when rows were rejected, with the reasons, in a file beside it', async () => {
    const rejected = [{ reason: 'quantity: write a whole number: got "six"', text: row({ Quantity: 'six' }) }];
    const file = fileWith(csv(row(), row({ Quantity: 'six' })), 'day.csv');

    const { exitCode, printed } = await runCommand([file], new FakeStack({ fate: () => ({ rejected }) }));

    expect(exitCode).toBe(2);
    expect(printed).toContain(`${file}: quantity: write a whole number: got "six": ${rejected[0]?.text ?? ''}`);
    expect(readFileSync(`${file}.rejected.csv`, 'utf8')).toBe(
      `Reason,Text\r\n"quantity: write a whole number: got ""six""","${rejected[0]?.text ?? ''}"\r\n`,
    );
  });

  test('exits with 1 and the reason when the job refuses it', async () => {
    const reason = 'the header misses Country';
    const stack = new FakeStack({ fate: () => ({ status: 'REFUSED', reason }) });

    const { exitCode, printed } = await runCommand([fileWith(csv(row()), 'day.csv')], stack);

    expect(exitCode).toBe(1);
    expect(printed).toContain(`day.csv is refused, nothing of it was loaded: ${reason}`);
    expect(printed).not.toContain('rows read');
  });

  test('exits with 1 and the reason when the warehouse refuses it', async () => {
    const stack = new FakeStack({ fate: () => ({ loaded: 'the staged object is not there' }) });

    const { exitCode, printed } = await runCommand([fileWith(csv(row()), 'day.csv')], stack);

    expect(exitCode).toBe(1);
    expect(printed).toContain('nothing of it was loaded: the staged object is not there');
  });
});

describe('a file that was imported before', () => {
  const file = () => fileWith(csv(row()), 'day.csv');

  test('is neither sent nor loaded again, and what is known of it is told at once', async () => {
    const [stack, path] = [new FakeStack(), file()];
    await runCommand([path], stack);

    const { exitCode, printed } = await runCommand([path], stack);

    expect(exitCode).toBe(0);
    expect(stack.puts).toHaveLength(1);
    expect(stack.started).toEqual([]);
    expect(printed).toContain('was imported already, at 2026-01-01T00:01:00Z; nothing was loaded now');
    expect(printed).toMatch(/rows read +10\n/);
    expect(printed).not.toContain('seconds');
  });

  test('is done again with --again, by a run of its own, which the command waits for', async () => {
    let imports = 0;
    const lines = () => (imports++ === 0 ? {} : { new: 0, unchanged: 10 });
    const [stack, path] = [new FakeStack({ fate: () => ({ loaded: lines() }) }), file()];
    imports = 0;
    await runCommand([path], stack);
    imports = 1;

    const { exitCode, printed } = await runCommand([path, '--again'], stack);

    expect(exitCode).toBe(0);
    expect(stack.started).toEqual([['bulk/day.csv']]);
    expect(printed).toMatch(/ new +0\n +unchanged +10\n/);
  });

  test('is another import when its content has changed', async () => {
    const [stack, path] = [new FakeStack(), file()];
    await runCommand([path], stack);
    writeFileSync(path, csv(row(), row({ InvoiceNo: '536366' })));

    const { exitCode, printed } = await runCommand([path], stack);

    expect(exitCode).toBe(0);
    expect(stack.puts).toHaveLength(2);
    expect(printed).not.toContain('already');
  });

  test('and refused is still refused', async () => {
    const stack = new FakeStack({ fate: () => ({ status: 'REFUSED', reason: 'it is UTF-16' }) });
    const path = file();
    await runCommand([path], stack);

    const { exitCode, printed } = await runCommand([path], stack);

    expect(exitCode).toBe(1);
    expect(printed).toContain('it is UTF-16');
  });
});

describe('an import that went wrong on the way', () => {
  test('a run that fails ends the command with its words and the place of its log', async () => {
    const stack = new FakeStack({ runError: 'OutOfMemoryError: Java heap space' });

    const { exitCode, shown } = await runCommand([fileWith(csv(row()), 'day.csv')], stack);

    expect(exitCode).toBe(1);
    expect(shown).toMatch(
      /ERROR: run jr_\w+ of the job ended FAILED: OutOfMemoryError: Java heap space; its log is \/logs\/jr_\w+\.log/,
    );
  });

  test('a job that nobody starts is told of after a minute', async () => {
    const clock = new FakeClock();

    const { exitCode, shown } = await runCommand([fileWith(csv(row()), 'day.csv')], new FakeStack({ startsRuns: false }), {
      clock,
    });

    expect(exitCode).toBe(1);
    expect(shown).toContain('no run of the job has begun for 60 s');
    expect(clock.now()).toBeLessThan(70_000);
  });

  test('an object that lies there and was never read is read by a run that the command starts', async () => {
    const content = csv(row());
    const stack = new FakeStack();
    stack.lay('bulk/day.csv', content);

    const { exitCode, shown } = await runCommand([fileWith(content, 'day.csv')], stack);

    expect(exitCode).toBe(0);
    expect([stack.puts, stack.started]).toEqual([[], [[]]]);
    expect(shown).toContain('begins for what lies in the bucket');
  });

  test('a run that died before it published an object is made up for', async () => {
    const stack = new FakeStack({ dyingRuns: 1 });

    const { exitCode, printed } = await runCommand([fileWith(csv(row()), 'day.csv')], stack);

    expect(exitCode).toBe(0);
    expect(stack.started).toEqual([[]]);
    expect(printed).toMatch(/ new +10\n/);
  });

  test('runs that never publish an object end the command, done again or not', async () => {
    const [stack, path] = [new FakeStack(), fileWith(csv(row()), 'day.csv')];
    await runCommand([path], stack);
    stack.habits.dyingRuns = Infinity;
    const clock = new FakeClock();

    const again = await runCommand([path, '--again'], stack, { clock });
    const once = await runCommand([path], stack, { clock });

    expect([again.exitCode, once.exitCode]).toEqual([1, 1]);
    for (const { shown } of [again, once])
      expect(shown).toContain(
        'ERROR: 3 runs of the job have ended and published nothing of 1 object(s): see what they say in /logs',
      );
    expect(clock.now()).toBeLessThan(60_000);
  });

  test('a run with --again that died and is published by the next one is waited for', async () => {
    const [stack, path] = [new FakeStack(), fileWith(csv(row()), 'day.csv')];
    await runCommand([path], stack);
    stack.habits.dyingRuns = 1;

    const { exitCode, printed } = await runCommand([path, '--again'], stack);

    expect(exitCode).toBe(0);
    expect(stack.started).toEqual([['bulk/day.csv'], []]);
    expect(printed).toMatch(/lines accepted +10\n/);
  });

  test('a stack that ends is told of, and one that comes back within seconds is not', async () => {
    const ended = new FakeStack();
    const back = new FakeStack();

    const dead = await runCommand([fileWith(csv(row()), 'day.csv')], ended, {
      clock: new FakeClock(() => (ended.habits.silent = true)),
    });
    const alive = await runCommand([fileWith(csv(row()), 'day.csv')], back, {
      clock: new FakeClock((time) => (back.habits.silent = time < 3_000)),
    });

    expect(dead.exitCode).toBe(1);
    expect(dead.shown).toContain('the stack in memory does not answer: start it with npm start, and give the same command again');
    expect(alive.exitCode).toBe(0);
  });

  test('Ctrl-C stops the watching alone, and the same command goes on', async () => {
    const [stack, path, interrupt] = [new FakeStack(), fileWith(csv(row()), 'day.csv'), new AbortController()];
    const clock = new FakeClock(() => {
      interrupt.abort();
    });

    const stopped = await runCommand([path], stack, { interrupt, clock });
    const after = await runCommand([path], stack);

    expect(stopped.exitCode).toBe(130);
    expect(stopped.printed).toContain(`${path} is not finished`);
    expect(stopped.printed).toContain(`goes on in the stack. Watch again with: npm run import -- ${path}`);
    expect(after.exitCode).toBe(0);
    expect([stack.puts, stack.started]).toEqual([['bulk/day.csv'], []]);
  });
});

describe('several files', () => {
  test('are put one by one, watched together and summed up', async () => {
    const directory = folder();
    mkdirSync(join(directory, 'days'));
    for (const name of ['b.csv', 'a.csv', 'notes.txt'])
      writeFileSync(join(directory, 'days', name), csv(row({ StockCode: name })));
    writeFileSync(join(directory, 'c.csv'), csv(row()));
    const stack = new FakeStack();

    const { exitCode, printed } = await runCommand([join(directory, 'days'), join(directory, 'c.csv')], stack);

    expect(exitCode).toBe(0);
    expect(stack.puts).toEqual(['bulk/a.csv', 'bulk/b.csv', 'bulk/c.csv']);
    expect(printed).toMatch(/files +3\nrows read +30\n/);
    expect(printed).toMatch(/invoices, of each file +6\n/);
    expect(printed).toMatch(/money, GBP +37\.020\n/);
  });

  test('of which one is refused come to 1, and the others are loaded all the same', async () => {
    const [good, bad] = [fileWith(csv(row()), 'good.csv'), fileWith('a,b\r\n', 'bad.csv')];
    const stack = new FakeStack({
      fate: (key) => (key.endsWith('bad.csv') ? { status: 'REFUSED', reason: 'the header misses all' } : {}),
    });

    const { exitCode, printed } = await runCommand([good, bad], stack);

    expect(exitCode).toBe(1);
    expect(printed).toContain(`${bad} is refused`);
    expect(printed).toMatch(/rows read +10\n/);
  });

  test('of the same name are put where --prefix says', async () => {
    const stack = new FakeStack();

    await runCommand([fileWith(csv(row()), 'day.csv'), '--prefix', 'leeds'], stack);

    expect(stack.puts).toEqual(['bulk/leeds/day.csv']);
  });
});

describe('what is not sent', () => {
  test.each([
    [['nothing-here.csv'], 1, 'there is no such file'],
    [[], 2, 'name a CSV file'],
    [['--schedule', 'day.csv'], 2, '--schedule only shows'],
    [['day.csv', '--prefix', '../x'], 2, '--prefix takes letters'],
    [['day.csv', '--fast'], 2, 'there is no option --fast'],
  ])('%j ends with %d and says why', async (args, code, reason) => {
    const stack = new FakeStack();

    const { exitCode, shown } = await runCommand(args, stack);

    expect([exitCode, stack.puts]).toEqual([code, []]);
    expect(shown).toContain('ERROR: ');
    expect(shown).toContain(reason);
  });

  test.each([
    ['day.txt', 'its name must end in .csv or .csv.gz'],
    ['a,b.csv', 'its name has a character that means something else to Spark'],
    ['day*.csv', 'its name has a character that means something else to Spark'],
  ])('%s says why', async (name, reason) => {
    const stack = new FakeStack();

    const { exitCode, shown } = await runCommand([fileWith(csv(row()), name)], stack);

    expect([exitCode, stack.puts]).toEqual([1, []]);
    expect(shown).toContain(reason);
  });

  test('a directory without CSV files, and two files that would be one object, say so', async () => {
    const none = await runCommand([folder()]);
    const same = await runCommand([fileWith(csv(row()), 'day.csv'), fileWith(csv(row()), 'day.csv')]);

    expect([none.exitCode, same.exitCode]).toEqual([1, 1]);
    expect(none.shown).toContain('there is no file in it that ends in .csv or .csv.gz');
    expect(same.shown).toContain('would both be bulk/day.csv: import them one after the other, each with a --prefix of its own');
  });

  test.each(['A45B.CSV', 'x.csv.GZ', 'y.Csv'])('%s in a directory is not left out without a word', async (name) => {
    const directory = folder();
    for (const file of ['day.csv', name]) writeFileSync(join(directory, file), csv(row()));
    const stack = new FakeStack({});

    const { exitCode, shown } = await runCommand([directory], stack);

    expect([exitCode, stack.puts]).toEqual([1, []]);
    expect(shown).toContain(`${name}: its name must end in .csv or .csv.gz, in small letters`);
  });

  test('a file of rejected rows that a person wrote is not written over', async () => {
    const file = fileWith(csv(row()), 'day.csv');
    writeFileSync(`${file}.rejected.csv`, 'my notes');

    const { exitCode, shown } = await runCommand(
      [file],
      new FakeStack({ fate: () => ({ rejected: [{ reason: 'x', text: 'y' }] }) }),
    );

    expect(exitCode).toBe(1);
    expect(shown).toContain('is no file of rejected rows');
    expect(readFileSync(`${file}.rejected.csv`, 'utf8')).toBe('my notes');
  });
});

test('--help explains, and needs no stack', async () => {
  const { exitCode, printed } = await runCommand(['--help']);

  expect(exitCode).toBe(0);
  expect(printed).toContain('npm run import -- FILE');
  expect(existsSync('.local/outputs.json.never')).toBe(false);
});

test('--schedule shows the next runs, as declared and as they come here', async () => {
  const schedules: ScheduleSource = {
    scheduled: () =>
      Promise.resolve([
        { what: 'import nightly', expression: 'cron(0 3 * * ? *)', timezone: 'Europe/London', enabled: true },
        { what: 'crawler bulk', expression: 'cron(0 4 * * ? *)', timezone: 'UTC', enabled: false },
      ]),
    nextRuns: () => Promise.resolve({ declared: ['2026-01-02T03:00:00Z'], here: ['2026-01-01T12:04:48Z'], timeFactor: 300 }),
  };

  const { exitCode, printed } = await runCommand(['--schedule'], undefined, { schedules });

  expect(exitCode).toBe(0);
  expect(printed).toBe(
    'import nightly: cron(0 3 * * ? *), Europe/London\n' +
      '  as declared           here, 300 times as fast\n' +
      '  2026-01-02T03:00:00Z     2026-01-01T12:04:48Z\n' +
      '\ncrawler bulk: cron(0 4 * * ? *), UTC, switched off\n',
  );
});
