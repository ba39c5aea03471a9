import { STREAM_COLUMNS, STREAM_COPY_OPTIONS } from '../../domain/landing.ts';
import { SAFE_KEY } from './import-keys.ts';
import { StatementRefusedError, type WarehouseSession } from './warehouse-session.ts';

/** The lists of objects that Firehose could not copy, and left in the bucket. */
export interface FailedDeliveries {
  /** Keys of manifests that nobody has dealt with. */
  list(): Promise<readonly string[]>;
  /** Where COPY finds a manifest. */
  readonly bucket: string;
  /** Put a manifest away. Done already: nothing happens. */
  moveTo(key: string, shelf: 'redriven' | 'refused'): Promise<void>;
}

/** What became of the manifests. */
export interface RedriveOutcome {
  readonly redriven: number;
  /** Manifests that the warehouse refused, and why: a person must look at them. */
  readonly refused: readonly { readonly manifest: string; readonly reason: string }[];
}

/** How a list of objects is copied: as Firehose copies them. */
export const LISTED_OPTIONS = `IAM_ROLE default\nMANIFEST\n${STREAM_COPY_OPTIONS}`;

/**
 * Copy what Firehose gave up on, and put each manifest away. A run that stops in between copies one twice, which the load does not mind.
 */
export async function redrive(
  session: WarehouseSession,
  deliveries: FailedDeliveries,
  manifests: readonly string[],
): Promise<RedriveOutcome> {
  const refused: { manifest: string; reason: string }[] = [];
  for (const manifest of manifests) {
    const reason = SAFE_KEY.test(manifest)
      ? await copy(session, deliveries.bucket, manifest)
      : 'its name has letters that no key of Firehose has';
    if (reason !== undefined) refused.push({ manifest, reason });
    await deliveries.moveTo(manifest, reason === undefined ? 'redriven' : 'refused');
  }
  return { redriven: manifests.length - refused.length, refused };
}

/** @returns why the warehouse refused */
async function copy(session: WarehouseSession, bucket: string, manifest: string): Promise<string | undefined> {
  const sql = `COPY intake.landing (${STREAM_COLUMNS.join(', ')})\nFROM 's3://${bucket}/${manifest}'\n${LISTED_OPTIONS}`;
  try {
    await session.run({ name: 'copy of a failed delivery', statements: [sql] });
    return undefined;
  } catch (cause) {
    // What passes is tried again by the next run; the manifest stays for it.
    if (!(cause instanceof StatementRefusedError) || cause.isRetryable) throw cause;
    return cause.reason;
  }
}
