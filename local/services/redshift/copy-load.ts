import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ClientBase } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { CopyCommand, CopyFormat } from './copy-command.ts';
import type { LoadError, ReadObject } from './copy-history.ts';
import { readJsonPaths } from './copy-json-paths.ts';
import { blocksOf, objectsOf } from './copy-objects.ts';
import type { SourceObject } from './copy-objects.ts';
import type { Batch } from './copy-rows.ts';
import { copyStatement } from './copy-target.ts';
import type { CopyTarget } from './copy-target.ts';
import type { CopyThread, LoadReader } from './copy-thread.ts';
import { TypeErrors } from './copy-type-errors.ts';
import { StatementError } from './errors.ts';
import type { WarehouseObjects } from './objects.ts';

/** Blocks that are read at the same time as others are written. */
const AHEAD = 2;

/** One COPY while it runs: from objects through the thread into the engine, with only a few blocks in memory. */
export class CopyLoad {
  readonly errors: LoadError[] = [];
  readonly objects: ReadObject[] = [];
  rows = 0;
  bytes = 0;
  private readonly typeErrors: TypeErrors;
  private readonly limit: number;
  /** The engine may refuse rows too, and says so only after the last one. */
  private readonly hasTypes: boolean;

  constructor(
    private readonly command: CopyCommand,
    readonly target: CopyTarget,
    private readonly ports: { readonly thread: CopyThread; readonly objects: WarehouseObjects; readonly signal: AbortSignal },
  ) {
    this.typeErrors = new TypeErrors(target.columns);
    this.hasTypes = target.columns.some(({ isText }) => !isText);
    // "If the load returns the error_count number of errors or greater, the load fails":
    // https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-load.html
    this.limit = Math.max(1, command.maxError);
  }

  /**
   * @throws StatementError when there are too many errors; then no row is loaded, provided that the transaction is rolled back
   */
  async run(client: ClientBase): Promise<void> {
    const objects = await objectsOf(this.command, this.ports.objects);
    const { conversions } = this.command;
    const format = await this.format();
    const reader = this.ports.thread.open({ format, columns: this.target.columns, conversions });
    const notice = ({ message = '' }: { readonly message?: string | undefined }) => {
      this.typeErrors.note(message);
    };
    client.on('notice', notice);
    try {
      const batches = this.batches(objects, reader);
      if (this.command.isRehearsal) for await (const _ of batches);
      else await this.write(client, batches);
      this.errors.push(...this.typeErrors.take());
      this.rows -= this.typeErrors.count;
      this.checkErrors();
    } finally {
      client.off('notice', notice);
      reader.close();
    }
  }

  private async format(): Promise<CopyFormat> {
    const { format, jsonPaths } = this.command;
    if (format.type === 'csv' || jsonPaths === null) return format;
    const url = `s3://${jsonPaths.bucket}/${jsonPaths.key}`;
    const pieces: Buffer[] = [];
    try {
      for await (const piece of await this.ports.objects.read(jsonPaths.bucket, jsonPaths.key)) pieces.push(piece as Buffer);
    } catch (error) {
      throw new StatementError('XX000', `The specified S3 object of JSONPaths cannot be read: ${url}`, { cause: error });
    }
    return { ...format, paths: readJsonPaths(Buffer.concat(pieces).toString('utf8'), url, this.target.columns.length) };
  }

  private async write(client: ClientBase, batches: AsyncGenerator<Uint8Array>): Promise<void> {
    const target = client.query(copyFrom(copyStatement(this.target)));
    const source = Readable.from(batches, { objectMode: true, highWaterMark: 1 });
    await pipeline(source, target, { signal: this.ports.signal });
  }

  private async *batches(objects: readonly SourceObject[], reader: LoadReader): AsyncGenerator<Uint8Array> {
    const pending: Promise<Batch>[] = [];
    const lines = { last: 0 };
    for (const object of objects) {
      lines.last = 0;
      for await (const block of blocksOf(object, this.command.isGzip, this.ports.objects, this.ports.signal)) {
        pending.push(reader.read(block));
        if (pending.length > AHEAD) yield* this.accept(await pending.shift(), object, lines);
      }
      pending.push(reader.endFile());
      for (const batch of pending.splice(0)) yield* this.accept(await batch, object, lines);
      this.objects.push({ url: object.url, size: object.size, lines: lines.last });
    }
  }

  private *accept(batch: Batch | undefined, { url }: SourceObject, lines: { last: number }): Generator<Uint8Array> {
    if (batch === undefined) return;
    for (const error of batch.errors) this.errors.push({ ...error, url });
    this.checkErrors();
    lines.last = Math.max(lines.last, batch.lines.at(-1) ?? 0, batch.errors.at(-1)?.line ?? 0);
    if (batch.lines.length === 0) return;
    this.rows += batch.lines.length;
    this.bytes += batch.bytes.length;
    if (this.hasTypes) this.typeErrors.remember(url, batch.lines);
    yield batch.bytes;
  }

  private checkErrors(): void {
    if (this.errors.length < this.limit) return;
    throw new StatementError(
      'XX000',
      `Load into table '${this.target.table}' failed.  Check 'sys_load_error_detail' system table for details.`,
    );
  }
}
