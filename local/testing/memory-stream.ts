import type { RecordSource, SourceRecord } from '../services/lambda/event-source/record-source.ts';

/** A stream of one shard in memory, that a test writes to. */
export class MemoryStream implements RecordSource {
  private readonly records: SourceRecord[] = [];
  private readonly waiting = new Set<() => void>();

  constructor(private readonly shard = 'shardId-000000000000') {}

  /** @returns the record's sequence number: as many digits as at AWS, growing */
  append(partitionKey: string, text: string, arrivedAt = Date.now()): string {
    const sequenceNumber = `495903383${String(this.records.length).padStart(47, '0')}`;
    this.records.push({ sequenceNumber, partitionKey, data: Buffer.from(text), arrivedAt });
    for (const wake of [...this.waiting]) wake();
    return sequenceNumber;
  }

  shardIds(): readonly string[] {
    return [this.shard];
  }

  read(
    _stream: string,
    _shardId: string,
    after: string | null,
    limits: { maxRecords: number },
  ): Promise<readonly SourceRecord[]> {
    const first = this.indexAfter(after);
    return Promise.resolve(this.records.slice(first, first + limits.maxRecords));
  }

  whenWritten(_stream: string, _shardId: string, after: string | null, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        if (!signal.aborted && this.indexAfter(after) >= this.records.length) return;
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake);
      wake();
    });
  }

  private indexAfter(sequenceNumber: string | null): number {
    return sequenceNumber === null ? 0 : Number(sequenceNumber.slice(9)) + 1;
  }
}
