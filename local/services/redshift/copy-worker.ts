import { parentPort } from 'node:worker_threads';
import type { Batch } from './copy-rows.ts';
import type { LoadShape } from './copy-reader.ts';
import { FileReader } from './copy-reader.ts';

// Reads files for COPY in a thread of its own, so that a large load blocks no other session.

export type ToCopyWorker = { readonly load: number } & (
  | { readonly type: 'open'; readonly shape: LoadShape }
  | { readonly type: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'end of file' }
  | { readonly type: 'close' }
);

/** The answer to every message but `open` and `close`, in their order. */
export type FromCopyWorker = { readonly load: number } & (
  { readonly type: 'batch'; readonly batch: Batch } | { readonly type: 'failed'; readonly error: unknown }
);

const port = parentPort;
if (!port) throw new Error('copy-worker.ts is run by copy-thread.ts, in a worker thread');
const readers = new Map<number, FileReader>();

port.on('message', (message: ToCopyWorker) => {
  const { load } = message;
  if (message.type === 'open') readers.set(load, new FileReader(message.shape));
  else if (message.type === 'close') readers.delete(load);
  else {
    try {
      const reader = readers.get(load);
      if (reader === undefined) throw new Error(`there is no load ${String(load)}`);
      const batch = message.type === 'bytes' ? reader.read(message.bytes) : reader.endFile();
      port.postMessage({ load, type: 'batch', batch } satisfies FromCopyWorker, [batch.bytes.buffer, batch.lines.buffer]);
    } catch (error) {
      port.postMessage({ load, type: 'failed', error } satisfies FromCopyWorker);
    }
  }
});
