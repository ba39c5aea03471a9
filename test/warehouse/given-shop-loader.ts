import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { TransactionLine } from '../../domain/transaction-line.ts';
import { s3ImportManifests } from '../../ingest/handlers/s3-import-manifests.ts';
import { s3RebuildSource } from '../../ingest/handlers/s3-rebuild-source.ts';
import type { LoadState } from '../../ingest/warehouse/load-state.ts';
import { warehouseLoader } from '../../ingest/warehouse/loader.ts';
import type { ImportJob } from '../../ingest/warehouse/rebuild.ts';
import { fixedQuestions } from '../../warehouse/statements/fixed-questions.ts';
import { created } from '../support/given-loader.ts';
import { MemoryLease } from '../support/memory-lease.ts';
import { filesOf, type Shop } from './given-shop.ts';
import { memoryBucket } from './memory-bucket.ts';

/** Columns of a staged file, in their order. */
const STAGED = [
  ...(['lineId', 'invoiceNo', 'stockCode', 'description', 'quantity'] as const),
  ...(['invoiceDate', 'unitPrice', 'customerId', 'country', 'sentAt'] as const),
];

/** The loader of a shop, with everything it works on but the warehouse in memory. */
export function givenShopLoader({ dataApi, objects }: Shop) {
  let state: LoadState = {};
  let runs = 0;
  const stored = new Map<string, object>();
  const logged: { level: string; entry: Readonly<Record<string, unknown>> }[] = [];
  const bucket = memoryBucket(objects);
  /** Waiting takes no time. */
  let waited = 0;
  const clock = () => {
    const now = () => Date.now() + waited;
    return {
      now,
      sleep(milliseconds: number) {
        waited += milliseconds;
        return Promise.resolve();
      },
      deadline: now() + 3_600_000,
    };
  };

  /** The bulk job: it stages the lines of a file, and publishes them. */
  function stage(name: string, lines: readonly Partial<TransactionLine>[]): string {
    const manifest = `import/manifests/${name}.${String((runs += 1)).padStart(12, '0')}.json`;
    const part = `import/staged/${name}/${String(runs)}/part-0.csv.gz`;
    const quoted = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const row = (line: Partial<TransactionLine>) =>
      [...STAGED.map((field) => quoted(String({ ...line, sentAt: 0 }[field] ?? ''))), manifest].join(',');
    objects.put(part, gzipSync(lines.map((line) => `${row(line)}\n`).join('')));
    objects.put(manifest, JSON.stringify({ entries: [{ url: `s3://bucket/${part}`, mandatory: true }] }));
    return manifest;
  }

  const files = new Map<string, readonly Partial<TransactionLine>[]>();
  const importJob: ImportJob = {
    start() {
      for (const [name, lines] of files) stage(name, lines);
      return Promise.resolve('jr_1');
    },
    look: () => Promise.resolve('SUCCEEDED'),
  };

  const load = warehouseLoader({
    dataApi,
    state: {
      read: () => Promise.resolve(state),
      announce(at) {
        state = { ...state, announcedAt: Math.max(at, state.announcedAt ?? 0) };
        return Promise.resolve();
      },
      write(changes) {
        state = { ...state, ...changes };
        return Promise.resolve();
      },
    },
    lease: new MemoryLease(),
    answers: {
      put(answer) {
        stored.set(answer.question, answer);
        return Promise.resolve();
      },
      remove(question) {
        stored.delete(question);
        return Promise.resolve();
      },
    },
    staged: { newestSince: () => Promise.resolve(undefined) },
    deliveries: { bucket: 'bucket', list: () => Promise.resolve([]), moveTo: () => Promise.resolve() },
    imports: s3ImportManifests(bucket, 'bucket', 'import/'),
    rebuildSource: s3RebuildSource(bucket, 'bucket', 'firehose/'),
    deliveryStream: 'deliveries',
    importJob,
    load: filesOf('load'),
    loadErrors: filesOf('load-errors'),
    refresh: filesOf('refresh'),
    questions: fixedQuestions,
    stagingPrefix: 'firehose/',
    importPrefix: 'import/',
    newToken: randomUUID,
    log: (level, entry) => logged.push({ level, entry: JSON.parse(JSON.stringify(entry)) as Record<string, unknown> }),
  });

  return {
    logged,
    stored,
    run: (event: unknown) => load(event, clock()),
    request: () => load({ source: 'tillgraph.request' }, clock()),
    /** Put a file, whose lines the bulk job brings in. */
    import(name: string, lines: readonly Partial<TransactionLine>[]) {
      files.set(name, lines);
      objects.put(`bulk/${name}`, 'a file');
      return load(created(stage(name, lines), Date.now()), clock());
    },
    stage,
  };
}
