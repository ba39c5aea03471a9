import type { Readable } from 'node:stream';

/** Where COPY reads and UNLOAD writes: S3, as far as they need it. */
export interface WarehouseObjects {
  /** @throws when there is no such object */
  read(bucket: string, key: string): Promise<Readable>;
  /** The objects whose keys begin so. */
  list(bucket: string, prefix: string): Promise<readonly { readonly key: string; readonly size: number }[]>;
  write(bucket: string, key: string, body: Buffer): Promise<void>;
}
