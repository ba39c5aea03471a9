import { Worker } from 'node:worker_threads';
import type { Batch } from './copy-rows.ts';
import type { LoadShape } from './copy-reader.ts';
import type { FromCopyWorker, ToCopyWorker } from './copy-worker.ts';

interface Waiting {
  resolve(batch: Batch): void;
  reject(error: unknown): void;
}

/** One load in the thread: its files go in, one after the other, and its rows come out in the same order. */
export interface LoadReader {
  /** @param bytes - given away */
  read(bytes: Uint8Array<ArrayBuffer>): Promise<Batch>;
  endFile(): Promise<Batch>;
  close(): void;
}

/** The thread that reads files for COPY: begun with the first, and then kept, because beginning takes longer than a small load. */
export class CopyThread {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting[]>();
  private lastLoad = 0;

  open(shape: LoadShape): LoadReader {
    const load = (this.lastLoad += 1);
    this.waiting.set(load, []);
    this.send({ load, type: 'open', shape });
    const ask = (message: ToCopyWorker, given: readonly ArrayBuffer[] = []) =>
      new Promise<Batch>((resolve, reject) => {
        this.waiting.get(load)?.push({ resolve, reject });
        this.send(message, given);
      });
    return {
      read: (bytes) => ask({ load, type: 'bytes', bytes }, [bytes.buffer]),
      endFile: () => ask({ load, type: 'end of file' }),
      close: () => {
        this.waiting.delete(load);
        this.send({ load, type: 'close' });
      },
    };
  }

  async close(): Promise<void> {
    await this.worker?.terminate();
  }

  private send(message: ToCopyWorker, given: readonly ArrayBuffer[] = []): void {
    this.worker ??= this.begin();
    this.worker.postMessage(message, given);
  }

  private begin(): Worker {
    const entry = new URL('./copy-worker.ts', import.meta.url).href;
    const worker = new Worker(new URL('../../worker-boot.mjs', import.meta.url), { workerData: { entry } });
    worker.unref();
    worker.on('message', (message: FromCopyWorker) => {
      const waiting = this.waiting.get(message.load)?.shift();
      if (message.type === 'batch') waiting?.resolve(message.batch);
      else waiting?.reject(message.error);
    });
    const end = (error: Error) => {
      this.worker = undefined;
      for (const load of this.waiting.values()) for (const each of load.splice(0)) each.reject(error);
    };
    worker.on('error', end);
    worker.on('exit', () => {
      end(new Error('the thread that reads for COPY has ended'));
    });
    return worker;
  }
}
