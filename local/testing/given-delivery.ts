import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import type { RecordSource, SourceRecord } from '../services/lambda/event-source/record-source.ts';
import type { Login } from '../services/firehose/delivery.ts';
import { startFirehose } from '../services/firehose/service.ts';
import type { FirehoseOptions, FirehoseService } from '../services/firehose/service.ts';
import type { DeliveryStreamDefinition } from '../services/firehose/definition.ts';
import { newDirectory } from './directories.ts';
import { MemoryStream } from './memory-stream.ts';
import { CREDENTIALS, deliveryStream } from './delivery-stream.ts';

export const [FIRST, SECOND] = ['shardId-000000000000', 'shardId-000000000001'] as const;
/** Arrival of records, unless a test says otherwise. */
export const ARRIVED = Date.UTC(2011, 1, 1, 8, 26, 5);

/** A stream of several shards in memory. */
export class MemoryShards implements RecordSource {
  private readonly shards: ReadonlyMap<string, MemoryStream>;

  constructor(shardIds: readonly string[] = [FIRST, SECOND]) {
    this.shards = new Map(shardIds.map((shardId) => [shardId, new MemoryStream(shardId)]));
  }

  /** @returns the record's sequence number */
  append(text: string, shardId: string = FIRST, arrivedAt = ARRIVED): string {
    return this.of(shardId).append('17850', text, arrivedAt);
  }

  shardIds(): readonly string[] {
    return [...this.shards.keys()];
  }

  async read(
    stream: string,
    shardId: string,
    after: string | null,
    limits: { readonly maxRecords: number; readonly maxBytes: number },
  ): Promise<readonly SourceRecord[]> {
    const records = await this.of(shardId).read(stream, shardId, after, limits);
    let bytes = 0;
    const end = records.findIndex(({ data }) => (bytes += data.length) > limits.maxBytes);
    return end === -1 ? records : records.slice(0, Math.max(1, end));
  }

  whenWritten(stream: string, shardId: string, after: string | null, signal: AbortSignal): Promise<void> {
    return this.of(shardId).whenWritten(stream, shardId, after, signal);
  }

  private of(shardId: string): MemoryStream {
    const shard = this.shards.get(shardId);
    if (shard === undefined) throw new Error(`no shard ${shardId}`);
    return shard;
  }
}

/** What a delivery stream writes to: a bucket, and a table that COPY fills from it. */
export class Destination {
  readonly objects = new Map<string, Buffer>();
  readonly copies: {
    readonly statement: string;
    readonly login: Login;
    readonly manifest: string;
    readonly keys: readonly string[];
  }[] = [];
  /** Rows of the table: one for each line of the objects. */
  readonly rows: string[] = [];

  async write(bucket: string, key: string, body: Buffer): Promise<void> {
    this.objects.set(`${bucket}/${key}`, body);
  }

  /** As Redshift does it: all or nothing. */

  async copy(statement: string, login: Login): Promise<{ rows: number }> {
    const [, manifest = ''] = /FROM 's3:\/\/([^']+)'/.exec(statement) ?? [];
    const { entries } = JSON.parse(this.text(manifest)) as { entries: { url: string; mandatory: boolean }[] };
    const keys = entries.map(({ url }) => url.slice('s3://'.length));
    const rows = keys.flatMap((key) =>
      this.text(key)
        .split('\n')
        .filter((line) => line !== ''),
    );
    this.copies.push({ statement, login, manifest, keys });
    this.rows.push(...rows);
    return { rows: rows.length };
  }

  text(key: string): string {
    const body = this.objects.get(key);
    if (body === undefined) throw new Error(`no object ${key}: there are ${[...this.objects.keys()].join(', ')}`);
    return (key.endsWith('.gz') ? gunzipSync(body) : body).toString();
  }

  /** Keys of objects of records, without the bucket. */
  get recordKeys(): readonly string[] {
    return [...this.objects.keys()]
      .map((key) => key.slice('lake/'.length))
      .filter((key) => !/manifests\/|processing-failed\//.test(key));
  }

  /** What was written of records whose transformation failed. */
  get failedRecords(): readonly Readonly<Record<string, unknown>>[] {
    return [...this.objects.keys()]
      .filter((key) => key.includes('processing-failed/'))
      .flatMap((key) => this.text(key).trimEnd().split('\n'))
      .map((text) => JSON.parse(text) as Record<string, unknown>);
  }

  get failedManifests(): readonly string[] {
    return [...this.objects.keys()].filter((key) => key.includes('errors/'));
  }
}

type Given = Partial<Omit<FirehoseOptions, 'clock'>> & {
  readonly source: RecordSource;
  readonly destination: Destination;
  readonly stream?: Partial<DeliveryStreamDefinition>;
  readonly clock?: Clock;
};

/** Firehose with one delivery stream; closed when the test is over. */
export async function givenFirehose({
  destination,
  stream = {},
  directory = newDirectory('firehose'),
  clock = systemClock,
  ...more
}: Given): Promise<FirehoseService & { readonly directory: string; readonly lines: readonly string[] }> {
  const lines: string[] = [];
  const service = await startFirehose({
    port: 0,
    credentials: CREDENTIALS,
    region: 'us-east-1',
    accountId: '000000000000',
    log: (line) => void lines.push(line),
    timeFactor: 1,
    objects: destination,
    copy: (statement, login) => destination.copy(statement, login),
    secretOf: () => ({ username: 'loader', password: 'secret' }),
    invoke: () => Promise.reject(new Error('no function is declared')),
    directory,
    clock,
    streams: [deliveryStream(stream)],
    ...more,
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= service.close());
  onTestFinished(close);
  return { ...service, close, directory, lines };
}

export interface Look {
  readonly waiting: { readonly records: number; readonly bytes: number };
  readonly unread: { readonly records: number };
  readonly buffered: { readonly records: number; readonly bytes: number };
  readonly stored: { readonly objects: number };
  readonly copying: { readonly manifest: string; readonly attempts: number; readonly lastError: string | null } | null;
  readonly copied: { readonly records: number; readonly bytes: number; readonly manifests: number; readonly rows: number };
  readonly failed: { readonly records: number; readonly manifests: number; readonly lastManifest: string | null };
  readonly unprocessed: { readonly records: number; readonly objects: number; readonly lastObject: string | null };
  readonly deliveredThrough: Readonly<Record<string, string>>;
}

/** How far the delivery stream is. */
export async function look(url: string): Promise<Look> {
  const response = await fetch(`${url}/_deliveries`);
  const [only] = (await response.json()) as readonly Look[];
  if (only === undefined) throw new Error('there is no delivery stream');
  return only;
}

export const setFaults = (url: string, rules: unknown): Promise<Response> =>
  fetch(`${url}/_faults`, { method: 'PUT', body: JSON.stringify(rules) });
