// Slow: generated files, interrupted anywhere.

import { copyFileSync, existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generatedCsv } from '../../ingest/replay/generator.ts';
import { replay, ReplayBrokenError, type ReplayOptions, type ReplayReport } from '../../ingest/replay/replay.ts';
import { csv, FakeApi, fileWith, jumpingClock, PASSING_ERROR, refusing, row } from './fixtures.ts';

/** A replay that waits for nothing and leaves nothing to chance. */
const replayed = (file: string, options: Partial<ReplayOptions> = {}) =>
  replay({ file, clock: jumpingClock(), random: () => 0.5, ...options });

/** What the stores will be compared with. */
const facts = ({ accepted, rejected, units, mills, invoices, customers }: ReplayReport) => ({
  accepted,
  rejected,
  units,
  mills,
  invoices,
  customers,
});

const generated = (rows: number, seed = 1) => Buffer.concat([...generatedCsv({ rows, seed })]);

async function failureOf(running: Promise<unknown>): Promise<unknown> {
  return running.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a replay', () => {
  test('sends every row once and adds up exactly what was accepted', async () => {
    const api = new FakeApi();
    const file = fileWith(
      csv(
        row({ Quantity: '6', UnitPrice: '2.55' }),
        row({ Quantity: '6', UnitPrice: '2.55' }),
        row({ InvoiceNo: 'C536366', Quantity: '-2', UnitPrice: '0.001', CustomerID: '' }),
      ),
    );

    const report = await replayed(file, { destination: api });

    expect([...api.taken.keys()]).toEqual([
      expect.stringMatching(/^536365-[0-9a-f]{12}-1$/),
      expect.stringMatching(/^536365-[0-9a-f]{12}-2$/),
      expect.stringMatching(/^C536366-[0-9a-f]{12}-1$/),
    ]);
    expect(report).toMatchObject({ outcome: 'finished', rowsRead: 3, accepted: 3, units: 10, mills: 30_598n, money: '30.598' });
    expect(report).toMatchObject({
      invoices: 2,
      customers: 1,
      mutations: 1,
      streamRecords: 2,
      resent: 0,
      rejectsFile: undefined,
    });
  });

  test('takes the first rows only, when asked', async () => {
    const api = new FakeApi();

    const report = await replayed(fileWith(generated(500)), { destination: api, rows: 123 });

    expect(report).toMatchObject({ rowsRead: 123, accepted: 123 });
    expect(api.taken.size).toBe(123);
  });

  test('sends at most so many rows per second, in mutations of at most a second', async () => {
    const api = new FakeApi();
    const clock = jumpingClock();

    await replayed(fileWith(generated(500)), { destination: api, rate: 50, clock });

    expect(clock.now()).toBeGreaterThan(8_000);
    expect(Math.max(...api.mutations.map((lines) => lines.length))).toBeLessThanOrEqual(50);
  });

  test('tells how far it is, without ever going back', async () => {
    const shares: number[] = [];

    await replayed(fileWith(generated(2_000)), {
      destination: new FakeApi(),
      onProgress: ({ share }) => shares.push(share),
    });

    expect(shares).toEqual(shares.toSorted((one, other) => one - other));
    expect(shares.at(-1)).toBe(1);
  });

  test('of the same rows in another order and with little memory sends the same line ids', async () => {
    const [header, ...rows] = generated(1_500).toString('latin1').trimEnd().split('\r\n');
    const scattered = rows
      .map((text, place) => ({ text, at: (place * 7_919) % rows.length }))
      .sort((one, other) => one.at - other.at);
    const [inOrder, shuffled] = [new FakeApi(), new FakeApi()];
    const notes: string[] = [];

    await replayed(fileWith(generated(1_500)), { destination: inOrder });
    await replayed(fileWith(Buffer.from([header, ...scattered.map(({ text }) => text)].join('\n'), 'latin1')), {
      destination: shuffled,
      rememberedLines: 50,
      batch: 17,
      onNote: (note) => notes.push(note),
    });

    expect(new Set(shuffled.taken.keys())).toEqual(new Set(inOrder.taken.keys()));
    expect(notes).toEqual([expect.stringContaining('dates are read'), expect.stringContaining('the file is read again')]);
  });

  test('sends nothing in a dry run, and leaves no file', async () => {
    const file = fileWith(csv(row(), row({ Quantity: 'six' })));

    const report = await replayed(file);

    expect(report).toMatchObject({ dryRun: true, accepted: 1, rejected: 1, rejectsFile: undefined, resumeFile: undefined });
    expect(report.rejectedExamples).toEqual([
      { row: 2, code: 'Unreadable', reason: expect.stringContaining('quantity') as string, text: row({ Quantity: 'six' }) },
    ]);
    expect(existsSync(`${file}.rejected.csv`)).toBe(false);
  });
});

describe('rows that are rejected', () => {
  test('are written in the order of the file, whoever rejected them, and the others arrive', async () => {
    const api = new FakeApi((lines) =>
      refusing(
        lines,
        lines.flatMap(({ stockCode }, index) => (stockCode === 'BAD' ? [index] : [])),
        'InvalidValue',
      ),
    );
    const file = fileWith(
      csv(row(), row({ StockCode: 'BAD' }), 'too,few', row({ Description: '"A ""B"", C"', UnitPrice: '1.2345' }), row()),
    );

    const report = await replayed(file, { destination: api });

    expect(report).toMatchObject({ outcome: 'finished', accepted: 2, rejected: 3, rejectsFile: `${file}.rejected.csv` });
    expect(readFileSync(`${file}.rejected.csv`, 'utf8').split('\r\n')).toEqual([
      'Row,Code,Reason,Text',
      `2,InvalidValue,InvalidValue by the test,"${row({ StockCode: 'BAD' })}"`,
      '3,Unreadable,"the header names 8 columns, the row has 2 fields","too,few"',
      expect.stringMatching(/^4,Unreadable,"unitPrice: write .*","536365,85123A,""A """"B"""", C"",6/),
      '',
    ]);
  });

  test('go where they are told to, but never over a file that holds something else', async () => {
    const file = fileWith(csv(row({ Quantity: 'six' })));
    const [elsewhere, precious] = [join(dirname(file), 'elsewhere.csv'), join(dirname(file), 'precious.csv')];
    writeFileSync(precious, 'my own');

    const report = await replayed(file, { rejects: elsewhere });
    const failure = await failureOf(replayed(file, { rejects: precious }));

    expect(report.rejectsFile).toBe(elsewhere);
    expect(String(failure)).toContain('is no file of rejected rows');
    expect(readFileSync(precious, 'utf8')).toBe('my own');
  });

  test('of an earlier replay are not kept', async () => {
    const file = fileWith(csv(row({ Quantity: 'six' })));
    await replayed(file, { destination: new FakeApi() });
    writeFileSync(file, csv(row()));

    await replayed(file, { destination: new FakeApi() });

    expect(existsSync(`${file}.rejected.csv`)).toBe(false);
  });

  test('of an import of the same file are not kept', async () => {
    const file = fileWith(csv(row({ Quantity: 'six' })));
    writeFileSync(`${file}.rejected.csv`, 'Reason,Text\r\nx,y\r\n');

    const report = await replayed(file, { destination: new FakeApi() });

    expect(report.rejected).toBe(1);
    expect(readFileSync(`${file}.rejected.csv`, 'utf8')).toMatch(/^Row,Code,Reason,Text\r\n1,Unreadable,/);
  });
});

describe('a replay that breaks off', () => {
  test('before the first row has sent nothing', async () => {
    const api = new FakeApi();

    const failure = await failureOf(replayed(fileWith('InvoiceNo,StockCode\n1,2\n'), { destination: api }));

    expect(String(failure)).toContain('misses Description, Quantity');
    expect(api.mutations).toEqual([]);
  });

  test('because a gzip file breaks off has sent nothing either', async () => {
    const packed = gzipSync(generated(20_000));
    const file = fileWith(packed.subarray(0, packed.length * 0.8));
    const api = new FakeApi();

    const failure = await failureOf(replayed(file, { destination: api }));

    expect(String(failure)).toContain('the gzip file breaks off');
    expect(api.mutations).toEqual([]);
  });

  test('because the API stays away keeps what was accepted and resumes with the rest', async () => {
    const file = fileWith(generated(2_000));
    const away = new FakeApi((_, count) => {
      if (count > 5) throw PASSING_ERROR;
      return undefined;
    });
    const back = new FakeApi();

    const failure = await failureOf(replayed(file, { destination: away, patience: 1_000 }));
    const report = await replayed(file, { destination: back, resume: true });

    expect(String(failure)).toContain('ECONNREFUSED');
    expect((failure as ReplayBrokenError).report.accepted).toBe(away.taken.size);
    expect(new Set([...away.taken.keys(), ...back.taken.keys()]).size).toBe(2_000);
    expect(report).toMatchObject({ outcome: 'finished', accepted: 2_000 });
  });
});

describe('a replay that is resumed', () => {
  const half = async (file: string, destination = new FakeApi()) => {
    const stop = new AbortController();
    const report = await replayed(file, {
      destination,
      concurrency: 1,
      signal: stop.signal,
      onProgress: ({ rows }) => {
        if (rows > 700) stop.abort();
      },
    });
    return { report, destination };
  };

  test('after a stop goes on at an invoice boundary, so lines of one invoice at most are sent twice', async () => {
    const file = fileWith(generated(2_000));
    const { report: first, destination: before } = await half(file);
    const after = new FakeApi();

    const report = await replayed(file, { destination: after, resume: true });

    const twice = [...before.taken.values()].filter(({ lineId }) => after.taken.has(lineId));
    expect(first).toMatchObject({ outcome: 'stopped', resumeFile: `${file}.resume.json` });
    expect(new Set(twice.map(({ invoiceNo }) => invoiceNo)).size).toBeLessThanOrEqual(1);
    expect(before.taken.size + after.taken.size - twice.length).toBe(2_000);
    expect(report).toMatchObject({ outcome: 'finished', rowsRead: 2_000, accepted: 2_000 });
    expect(report.resumedAfter).toBe(before.taken.size - twice.length);
    expect(existsSync(`${file}.resume.json`)).toBe(false);
  });

  test('refuses a changed file, another or an emptied destination, and a broken state', async () => {
    const file = fileWith(generated(2_000));
    await half(file);
    const elsewhere = Object.assign(new FakeApi(), { name: 'http://elsewhere/graphql' });
    const begunAnew = Object.assign(new FakeApi(), { identity: 'of its second state' });

    const toElsewhere = await failureOf(replayed(file, { destination: elsewhere, resume: true }));
    const toEmpty = await failureOf(replayed(file, { destination: begunAnew, resume: true }));
    utimesSync(file, 1, 1);
    const changed = await failureOf(replayed(file, { destination: new FakeApi(), resume: true }));
    writeFileSync(`${file}.resume.json`, '{');
    const broken = await failureOf(replayed(file, { destination: new FakeApi(), resume: true }));

    expect(String(toElsewhere)).toContain('went to http://fake/graphql, this one goes to http://elsewhere/graphql');
    expect(toEmpty).toMatchObject({ code: 'RESUME', message: expect.stringContaining('begin anew without --resume') as string });
    expect(String(toEmpty)).toContain('http://fake/graphql was begun anew since');
    expect(begunAnew.taken.size).toBe(0);
    expect(String(changed)).toContain('the CSV file has changed');
    expect(String(broken)).toContain('it is no JSON');
  });

  test('begins at the first row where there is nothing to resume, and says so', async () => {
    const file = fileWith(generated(2_000));
    const notes: string[] = [];
    const onNote = (note: string) => notes.push(note);

    await replayed(file, { destination: new FakeApi(), resume: true, onNote });
    await half(file);
    const report = await replayed(file, { destination: new FakeApi(), onNote });

    expect(notes.filter((note) => !note.startsWith('dates are read'))).toEqual([
      expect.stringContaining('nothing to resume'),
      expect.stringContaining('begins anew'),
    ]);
    expect(report).toMatchObject({ accepted: 2_000, resumedAfter: 0 });
  });

  test('after a kill at any moment ends as if it had never been killed', async () => {
    const withBadRows = generated(900, 3)
      .toString('latin1')
      .split('\r\n')
      .flatMap((text, place) => (place > 0 && place % 50 === 0 ? [text, 'bad,row'] : [text]))
      .join('\r\n');
    const whole = fileWith(Buffer.from(withBadRows, 'latin1'));
    const unbroken = new FakeApi();
    const expected = await replayed(whole, { destination: unbroken, batch: 20 });
    const rejected = readFileSync(`${whole}.rejected.csv`, 'utf8');

    await fc.assert(
      fc.asyncProperty(
        fc.record({ killAt: fc.integer({ min: 1, max: 50 }), concurrency: fc.integer({ min: 1, max: 5 }), taken: fc.boolean() }),
        fc.constantFrom(0, 500),
        async ({ killAt, concurrency, taken }, saveEvery) => {
          const file = fileWith(Buffer.from(withBadRows, 'latin1'));
          const onDisk = ['.resume.json', '.rejected.csv'].map((suffix) => `${file}${suffix}`);
          const arrived = new Set<string>();
          // What a kill leaves: the files as they are at that moment, and the lines that had arrived by then.
          const killed = new FakeApi(async (lines, count) => {
            if (count === killAt) for (const path of onDisk) if (existsSync(path)) copyFileSync(path, `${path}.kept`);
            if (count < killAt || (count === killAt && taken)) for (const { lineId } of lines) arrived.add(lineId);
            if (count >= killAt) throw new Error('killed');
            await new Promise(setImmediate);
            return undefined;
          });
          const options = { concurrency, saveEvery, batch: 20 };
          await failureOf(replayed(file, { ...options, destination: killed }));
          for (const path of onDisk) {
            rmSync(path, { force: true });
            if (existsSync(`${path}.kept`)) copyFileSync(`${path}.kept`, path);
          }
          const after = new FakeApi();

          const report = await replayed(file, { ...options, destination: after, resume: true });

          expect(new Set([...arrived, ...after.taken.keys()])).toEqual(new Set(unbroken.taken.keys()));
          expect(facts(report)).toEqual(facts(expected));
          expect(readFileSync(`${file}.rejected.csv`, 'utf8')).toBe(rejected);
        },
      ),
      { numRuns: 40 },
    );
  });
});
