// Slow: reads the real file whole.

import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalLine } from '../../domain/line-id.ts';
import { replay, type ReplayReport } from '../../ingest/replay/replay.ts';
import type { TransactionInput } from '../../sdk/index.ts';
import { columnsOf } from '../../ingest/replay/columns.ts';
import { LineReader } from '../../ingest/replay/line-from-row.ts';
import { COLUMNS } from './fixtures.ts';

const shared = join(import.meta.dirname, '..', '..', '..', 'shared', 'data');
const present = existsSync(join(shared, 'online_retail.csv.gz'));
if (!present) console.warn('NOT TESTED: the real data set is not beside the repository (../shared/data)');

interface Vectors {
  readonly wholeFile: {
    readonly rows: number;
    readonly distinctLineIds: number;
    readonly sha256OfSortedIdsJoinedByNewline: string;
  };
  readonly vectors: readonly (Record<string, string> & {
    readonly canonical: string;
    readonly lineId: string;
    readonly row: number;
  })[];
}

describe.runIf(present)('the real data set', () => {
  let folder: string;
  const ids: string[] = [];
  let report: ReplayReport;
  let expected: Vectors;

  beforeAll(async () => {
    expected = JSON.parse(readFileSync(join(shared, 'line-ids.json'), 'utf8')) as Vectors;
    folder = mkdtempSync(join(tmpdir(), 'replay-'));
    const file = join(folder, 'online_retail.csv.gz');
    copyFileSync(join(shared, 'online_retail.csv.gz'), file);
    const send = (lines: readonly TransactionInput[]) => {
      for (const { lineId } of lines) ids.push(lineId);
      return Promise.resolve({ accepted: lines.length, failed: [] });
    };
    report = await replay({ file, destination: { name: 'a test', send, passes: () => false } });
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('is read without a rejected row, and adds up to what is known of it', () => {
    expect(report).toMatchObject({
      rowsRead: 541_909,
      accepted: 541_909,
      rejected: 0,
      units: 5_176_450,
      money: '9747747.934',
      invoices: 25_900,
      customers: 4_372,
      encodings: { utf8: 0, windows1252: 32 },
    });
  });

  test('gives the line ids that every producer arrives at', () => {
    const { distinctLineIds, sha256OfSortedIdsJoinedByNewline } = expected.wholeFile;

    const digest = createHash('sha256').update(ids.toSorted().join('\n')).digest('hex');

    expect(new Set(ids).size).toBe(distinctLineIds);
    expect(digest).toBe(sha256OfSortedIdsJoinedByNewline);
  });

  test('is sent in whole invoices: few mutations, and one stream record for nearly each invoice', () => {
    expect(report.mutations).toBeLessThan(2_500);
    expect(report.streamRecords).toBeLessThan(25_900 * 1.01);
  });

  test('each vector has its canonical text and its id at its row', () => {
    const reader = new LineReader(columnsOf(COLUMNS));

    for (const vector of expected.vectors) {
      const line = reader.read(COLUMNS.map((column) => vector[column] ?? ''));

      if (typeof line === 'string') throw new Error(line);
      expect(canonicalLine(line).replaceAll('\u001f', '|')).toBe(vector.canonical);
      expect(ids).toContain(vector.lineId);
    }
  });
});
