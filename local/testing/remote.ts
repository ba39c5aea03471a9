import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The same cases against AWS itself, with the credentials and region of the environment: `PARITY_REMOTE=aws npx vitest run parity`. */
export const isRemote = process.env['PARITY_REMOTE'] === 'aws';

/** The one key pair that the stand-ins believe. */
export const LOCAL = {
  region: 'us-east-1',
  accountId: '000000000000',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local-secret' },
} as const;

/** A unique name, also on AWS. */
export const uniqueName = (what: string) => `tillgraph-parity-${what}-${randomUUID().slice(0, 8)}`;

export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'tillgraph-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The error of a call that is to be refused; safe to be kept and looked at later. */
export const refusalOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (answer) => Promise.reject(new Error(`it was not refused, but answered: ${JSON.stringify(answer)}`)),
    (error: unknown) => error,
  );
