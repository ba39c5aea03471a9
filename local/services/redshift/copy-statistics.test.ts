import { beforeAll, expect, test } from 'vitest';
import type { RedshiftService } from './service.ts';
import type { MemoryObjects } from '../../testing/given-redshift.ts';
import { givenSession, givenWarehouse, rowsOf } from '../../testing/given-redshift.ts';

let service: RedshiftService;
let objects: MemoryObjects;
beforeAll(async () => {
  ({ service, objects } = await givenWarehouse());
});

const ROWS = 2_000;

/** A table, and what the planner believes that it holds. */
async function givenTable(name: string) {
  const session = await givenSession(service);
  await session.run(`CREATE TABLE ${name} (id VARCHAR(8))`);
  objects.put(`${name}/rows`, Array.from({ length: ROWS }, (_, id) => `{"id":"${String(id)}"}\n`).join(''));
  return {
    session,
    copy: () => session.run(`COPY ${name} FROM 's3://bucket/${name}/' IAM_ROLE default JSON 'auto'`),
    believed: async () =>
      Number((await rowsOf(session, `SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE relname = '${name}'`))[0]?.[0]),
  };
}

test('the planner knows the rows of a COPY when it has ended', async () => {
  const { copy, believed } = await givenTable('alone');

  await copy();

  expect(await believed()).toBe(ROWS);
});

test('the planner knows the rows of a COPY until its transaction is rolled back', async () => {
  const kept = await givenTable('kept');
  const undone = await givenTable('undone');

  await kept.session.run('BEGIN');
  await kept.copy();
  const meanwhile = await kept.believed();
  await kept.session.run('COMMIT');
  await undone.session.run('BEGIN');
  await undone.copy();
  await undone.session.run('ROLLBACK');

  expect([meanwhile, await kept.believed()]).toEqual([ROWS, ROWS]);
  expect(await undone.believed()).toBeLessThan(ROWS);
});
