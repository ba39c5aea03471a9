import { expect, test } from 'vitest';
import { readCopied } from '../../ingest/warehouse/import-ledger.ts';
import type { WarehouseSession } from '../../ingest/warehouse/warehouse-session.ts';

test('thousands of lists are looked up once each, in statements that the Data API takes', async () => {
  const keys = Array.from({ length: 7000 }, (_, place) => `import/rebuild/2026-11/gzip-${String(place).padStart(4, '0')}.json`);
  keys.push(...Array.from({ length: 90 }, (_, place) => `import/manifests/${String(place).repeat(450)}`));
  const asked: string[] = [];
  const session: WarehouseSession = {
    run({ statements: [sql = ''] }) {
      expect(Buffer.byteLength(sql)).toBeLessThan(100_000);
      const named = [...(/manifest IN \((.*)\)/.exec(sql)?.[1] ?? '').matchAll(/'([^']*)'/g)].map(([, key = '']) => key);
      asked.push(...named);
      return Promise.resolve({ rows: () => Promise.resolve(named.map((key) => [{ stringValue: key }])) });
    },
  };

  const copied = await readCopied(session, keys);

  expect(asked).toEqual(keys);
  expect([...copied.keys()]).toEqual(keys);
  expect(await readCopied(session, [])).toEqual(new Map());
});
