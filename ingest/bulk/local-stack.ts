import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Transform, type Readable, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { GetJobRunsCommand, GlueClient, StartJobRunCommand } from '@aws-sdk/client-glue';
import {
  GetObjectCommand,
  HeadObjectCommand,
  NoSuchKey,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { BulkFile } from './bulk-files.ts';
import type { ImportStack } from './import-stack.ts';
import { callStack, requireOutput, localOutputs, nameOf } from './local-outputs.ts';
import { unreportedIn } from './unreported.ts';

/** Runs that are looked at: one at work, one waiting, and what has been lately. */
const RUNS = 20;
/** How often a file is sent that S3 does not take for the moment. */
const ATTEMPTS = 4;

/** The local stack that runs on a data directory, by the clients that would talk to AWS. @throws NoStackError */
export function localStack(data: string): ImportStack & { close(): void } {
  const outputs = localOutputs(data);
  const { region, credentials } = outputs;
  const Bucket = requireOutput(outputs, 'stack', 'BucketName');
  const JobName = requireOutput(outputs, 'stack', 'ImportJobName');
  const common = { region, credentials, maxAttempts: ATTEMPTS };
  const s3 = new S3Client({
    ...common,
    endpoint: requireOutput(outputs, 'endpoints', 's3'),
    // Every file goes with its MD5, so there is nothing else to compute on the way.
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  const glue = new GlueClient({ ...common, endpoint: requireOutput(outputs, 'endpoints', 'glue') });
  const name = nameOf(data);
  const logs = join(resolve(data), 'logs');
  const ask = <T>(call: () => Promise<T>): Promise<T> => callStack(name, call);

  return {
    name,
    logs,
    // Beside the stack's own state, so that it goes with it.
    unreported: unreportedIn(join(resolve(data), 'imports')),
    logOf: (run) => join(logs, JobName, `${run}.log`),
    etagOf: (Key) =>
      ask(async () => {
        try {
          return plain((await s3.send(new HeadObjectCommand({ Bucket, Key }))).ETag);
        } catch (error) {
          if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return undefined;
          throw error;
        }
      }),
    layoutOf: (Key) => ask(async () => (await s3.send(new HeadObjectCommand({ Bucket, Key }))).Metadata?.['layout']),
    put: (file, digest, signal, onBytes) => ask(() => put(s3, Bucket, file, { digest, signal, onBytes })),
    text: (Key) =>
      ask(async () => {
        try {
          return await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
        } catch (error) {
          if (error instanceof NoSuchKey) return undefined;
          throw error;
        }
      }),
    keys: (Prefix) =>
      ask(async () => {
        const keys: string[] = [];
        for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket, Prefix }))
          keys.push(...Contents.flatMap(({ Key }) => Key ?? []));
        return keys;
      }),
    packedLines: (Key, most) => ask(() => packedLines(s3, Bucket, Key, most)),
    runs: () =>
      ask(async () => {
        const { JobRuns = [] } = await glue.send(new GetJobRunsCommand({ JobName, MaxResults: RUNS }));
        return JobRuns.map(({ Id = '', JobRunState = '', StateDetail, ErrorMessage }) => ({
          id: Id,
          state: JobRunState,
          detail: StateDetail ?? (JobRunState === 'STARTING' ? preparation(logs) : undefined),
          error: ErrorMessage,
        }));
      }),
    startRun: (objects) =>
      ask(async () => {
        const Arguments = objects.length === 0 ? undefined : { '--objects': objects.join(','), '--again': 'true' };
        const { JobRunId = '' } = await glue.send(new StartJobRunCommand({ JobName, Arguments }));
        return JobRunId;
      }),
    close: () => {
      s3.destroy();
      glue.destroy();
    },
  };
}

/** A stream cannot be sent twice, so the client does not try again by itself. */
async function put(
  s3: S3Client,
  Bucket: string,
  { path, key: Key, size, layout }: BulkFile,
  {
    digest,
    signal,
    onBytes,
  }: { readonly digest: string; readonly signal: AbortSignal; readonly onBytes: (bytes: number) => void },
): Promise<void> {
  const ContentMD5 = Buffer.from(digest, 'hex').toString('base64');
  for (let attempt = 1; ; attempt += 1) {
    let sent = 0;
    const Body = new Transform({
      transform(chunk: Buffer, _encoding, done: TransformCallback) {
        sent += chunk.length;
        onBytes(sent);
        done(null, chunk);
      },
    });
    const reading = pipeline(createReadStream(path), Body);
    reading.catch(() => undefined);
    try {
      const Metadata = layout === undefined ? undefined : { layout };
      await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: size, ContentMD5, Metadata }), {
        abortSignal: signal,
      });
      return;
    } catch (error) {
      Body.destroy();
      const passes = error instanceof S3ServiceException && (error.$metadata.httpStatusCode ?? 0) >= 500;
      if (!passes || attempt === ATTEMPTS || signal.aborted) throw error;
    }
  }
}

async function packedLines(s3: S3Client, Bucket: string, Key: string, most: number): Promise<readonly string[]> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const unpacked = (Body as Readable).pipe(createGunzip());
  const lines: string[] = [];
  for await (const line of createInterface({ input: unpacked, crlfDelay: Infinity })) {
    if (lines.length === most) break;
    lines.push(line);
  }
  unpacked.destroy();
  return lines;
}

/** So much of the stack's diary is read. @unit bytes */
const DIARY_END = 4_096;

/** What the stack says while it makes the environment of Spark, once on a machine: Glue itself says nothing then. */
function preparation(logs: string): string | undefined {
  let file;
  try {
    file = openSync(join(logs, 'local.log'), 'r');
  } catch {
    return undefined;
  }
  try {
    const end = Buffer.alloc(DIARY_END);
    const length = readSync(file, end, 0, DIARY_END, Math.max(0, fstatSync(file).size - DIARY_END));
    const lines = end.toString('utf8', 0, length).split('\n');
    const last = lines.findLast((line) => line.includes(' glue: ')) ?? '';
    return / glue: ((?:preparing|installing|fetching|process \d+ prepares) .*)$/.exec(last)?.[1];
  } finally {
    closeSync(file);
  }
}

const plain = (etag: string | undefined) => etag?.replaceAll('"', '');
