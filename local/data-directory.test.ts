import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { DataDirectory, DirectoryInUseError, ForeignDirectoryError, NestedDirectoryError } from './data-directory.ts';
import { identify } from './process-identity.ts';
import { newDirectory as directoryFor } from './testing/directories.ts';

const newDirectory = (): string => join(directoryFor('data'), 'data');

/** Another process that holds the directory. */
async function holder(directory: string): Promise<{ pid: number; accessKeyId: string; kill: () => Promise<void> }> {
  const child = spawn(process.execPath, ['--import', 'tsx', entry, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [accessKeyId] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { pid: child.pid ?? 0, accessKeyId, kill };
}

/** Opens a data directory, and stays. */
const entry = fileURLToPath(new URL('./testing/holder.ts', import.meta.url));

describe('a data directory', () => {
  test('keeps its credentials and keys over a restart, for the eyes of its owner only', async () => {
    const path = newDirectory();
    const first = await DataDirectory.open(path);
    const [credentials, apiKey] = [first.credentials, first.apiKeyOf('Key')];
    first.close();

    const second = await DataDirectory.open(path);

    expect([second.credentials, second.apiKeyOf('Key')]).toEqual([credentials, apiKey]);
    expect(credentials.accessKeyId).toMatch(/^AKIALOCAL[A-Z2-7]{11}$/);
    expect(apiKey).toMatch(/^da2-[a-z2-7]{26}$/);
    expect(statSync(join(path, 'credentials.json')).mode & 0o777).toBe(0o600);
    second.close();
  });

  test('refuses a second process, and names the first', async () => {
    const path = newDirectory();
    const other = await holder(path);

    const attempt = DataDirectory.open(path);

    await expect(attempt).rejects.toThrow(new DirectoryInUseError(path, other.pid));
    await other.kill();
  });

  test('is taken over from a process that was killed, with what it holds', async () => {
    const path = newDirectory();
    const other = await holder(path);
    await other.kill();

    const directory = await DataDirectory.open(path);

    expect(directory.credentials.accessKeyId).toBe(other.accessKeyId);
    directory.close();
  });

  test('is taken over when another process has got the number of the killed one', async () => {
    const path = newDirectory();
    (await DataDirectory.open(path)).close();
    writeFileSync(join(path, 'lock.json'), JSON.stringify({ ...identify(process.pid), began: 'an earlier life' }));

    const directory = await DataDirectory.open(path);

    expect(existsSync(join(path, 'lock.json'))).toBe(true);
    directory.close();
  });

  test('is taken over by one only, when many find the same dead process', async () => {
    const path = newDirectory();
    const other = await holder(path);
    await other.kill();

    const attempts = await Promise.allSettled(Array.from({ length: 4 }, () => holderOrRefusal(path)));

    const holders = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' && attempt.value ? [attempt.value] : []));
    expect(holders).toHaveLength(1);
    for (const one of holders) await one.kill();
  });

  test('loses everything when it is to be fresh', async () => {
    const path = newDirectory();
    const first = await DataDirectory.open(path);
    writeFileSync(join(first.inside('kinesis'), 'records'), 'x');
    first.close();

    const second = await DataDirectory.open(path, { fresh: true });

    expect(existsSync(join(path, 'kinesis'))).toBe(false);
    expect(second.credentials).not.toEqual(first.credentials);
    second.close();
  });

  test('is not deleted while a living process holds a directory in it', async () => {
    const path = newDirectory();
    const inner = join(path, 'demo');
    const other = await holder(inner);
    writeFileSync(join(path, '.aws-on-one-machine.json'), '{"format":1}');

    const attempt = DataDirectory.open(path, { fresh: true });

    await expect(attempt).rejects.toThrow(new DirectoryInUseError(inner, other.pid));
    await other.kill();
    const outer = await DataDirectory.open(path, { fresh: true });
    expect(existsSync(inner)).toBe(false);
    outer.close();
  });

  test.each(['demo', join('a', 'b', 'c')])('is not made in another one (%s)', async (below) => {
    const outer = newDirectory();
    (await DataDirectory.open(outer)).close();

    const attempt = DataDirectory.open(join(outer, below));

    await expect(attempt).rejects.toThrow(new NestedDirectoryError(join(outer, below), outer));
    expect(existsSync(join(outer, below))).toBe(false);
  });

  test.each([false, true])(
    'is not made of a directory with other files, and none of them is touched (fresh: %s)',
    async (fresh) => {
      const path = directoryFor('foreign');
      writeFileSync(join(path, 'thesis.txt'), 'years of work');

      const attempt = DataDirectory.open(path, { fresh });

      await expect(attempt).rejects.toThrow(ForeignDirectoryError);
      expect(readdirSync(path)).toEqual(['thesis.txt']);
      expect(readFileSync(join(path, 'thesis.txt'), 'utf8')).toBe('years of work');
    },
  );
});

/** Undefined when the directory is held by another. */
async function holderOrRefusal(path: string): Promise<{ kill: () => Promise<void> } | undefined> {
  const child = spawn(process.execPath, ['--import', 'tsx', entry, path], { stdio: ['ignore', 'pipe', 'ignore'] });
  const line = once(createInterface({ input: child.stdout }), 'line').then(() => true);
  const isHolder = await Promise.race([line, once(child, 'exit').then(() => false)]);
  if (!isHolder) return undefined;
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
