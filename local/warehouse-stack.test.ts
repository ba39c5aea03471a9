import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { DataDirectory } from './data-directory.ts';
import { startEarlyServices, startStack } from './stack.ts';
import { readAssembly } from './template/assembly.ts';
import { start } from './testing/command.ts';
import { newDirectory } from './testing/directories.ts';
import { shop } from './testing/shop.ts';
import { put, whenWritten } from './testing/stream.ts';
import { warehouseShop } from './testing/warehouse-shop.ts';

function newPlace(failure?: string) {
  const directory = newDirectory('warehouse');
  const [data, file] = [join(directory, 'data'), join(directory, 'heard.txt')];
  writeFileSync(file, '');
  return { data, file, flags: ['--data', data, '--port', '0', '--assembly', warehouseShop(file, failure)] };
}

async function rowsOf(warehouseUrl: string | undefined, sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client(warehouseUrl ?? '');
  await client.connect();
  const { rows } = await client.query({ text: sql, rowMode: 'array' });
  await client.end();
  return rows as unknown[];
}

/** What the migrator was called for, so far. */
const callsOfMigrator = (data: string): readonly string[] =>
  readFileSync(join(data, 'logs', 'Shop-Migrator.log'), 'utf8').match(/(?<=\tINFO\t).+/g) ?? [];

test('a stack delivers its stream into a table that a custom resource has made', async () => {
  const { data, file, flags } = newPlace();
  const first = start(...flags);
  const outputs = await first.ready;
  const user = 'IAMR:Shop-ListenerRole';

  await put(outputs, '{"lineId":"a","quantity":0}\n', '{"lineId":"b","quantity":-3}\n');
  const heard = await whenWritten(file, [`schedule ${user}`, new RegExp(`^firehose/2.* ${user}$`)]);
  expect(heard.every((line) => line.endsWith(` ${user}`))).toBe(true);
  expect(Object.keys(outputs.endpoints)).toEqual([
    ...['kinesis', 'dynamodb', 's3', 'secretsmanager', 'redshift-data', 'firehose', 'scheduler', 'lambda'],
  ]);
  expect(outputs.stack['Table']).toBe('intake.landing');
  expect(await rowsOf(outputs.warehouseUrl, 'SELECT current_user')).toEqual([['loader']]);
  await expect
    .poll(() => rowsOf(outputs.warehouseUrl, 'SELECT lineid, quantity FROM intake.landing ORDER BY lineid'), { timeout: 20_000 })
    .toEqual([
      ['a', '0'],
      ['b', '-3'],
    ]);
  expect(await first.end('SIGINT')).toBe(0);

  const second = start(...flags);
  const again = await second.ready;

  expect(callsOfMigrator(data)).toEqual(['Create']);
  expect(again.stack['Table']).toBe('intake.landing');
  expect(await rowsOf(again.warehouseUrl, 'SELECT CAST(count(*) AS INTEGER) FROM intake.landing')).toEqual([[2]]);
  expect(await second.end('SIGTERM')).toBe(0);
});

test('a custom resource that cannot be made ends the start, says why, and leaves nothing running', async () => {
  const { data, flags } = newPlace('no such table');

  const command = start(...flags);

  expect(await command.exited).toBe(1);
  expect(command.printed()).toMatch(
    /^ERROR: custom resource Schema: Shop-Migrator answered FAILED: no such table \(log: .*Shop-Migrator\.log\)$/m,
  );
  expect(existsSync(join(data, 'lock.json'))).toBe(false);
  expect(existsSync(join(data, 'redshift', 'cluster', 'postmaster.pid'))).toBe(false);
});

test('a database that was begun on a hint ends when the template has no warehouse after all', async () => {
  const file = join(newDirectory('hint'), 'written.txt');
  const directory = await DataDirectory.open(join(newDirectory('hint'), 'data'));
  const options = { directory, accountId: '000000000000', region: 'us-east-1', port: 0, timeFactor: 300, log: () => undefined };
  const ground = await startEarlyServices(options, readAssembly(warehouseShop(file)));
  const server = await ground.database?.service;

  const stack = await startStack(readAssembly(shop(file)), ground, options);

  expect(server?.port).toBeGreaterThan(0);
  expect(existsSync(join(directory.path, 'redshift', 'cluster', 'PG_VERSION'))).toBe(true);
  expect(existsSync(join(directory.path, 'redshift', 'cluster', 'postmaster.pid'))).toBe(false);
  expect(stack.outputs.warehouseUrl).toBeUndefined();
  expect(ground.secrets.all).toEqual([]);
  await stack.close();
  directory.close();
});
