import type { DeliveryStreamDefinition } from './definition.ts';

/** The template asks for a prefix that is made up anew for each object. */
export class UnsupportedPrefixError extends Error {
  override readonly name = 'UnsupportedPrefixError';
  readonly code = 'UNSUPPORTED_PREFIX';

  constructor(
    readonly stream: string,
    readonly prefix: string,
  ) {
    super(`delivery stream ${stream}: write a prefix without expressions, such as "firehose/": got "${prefix}"`);
  }
}

/** @throws UnsupportedPrefixError */
export function refusePrefixExpressions({ name, prefix, errorPrefix }: DeliveryStreamDefinition): void {
  const expression = [prefix, errorPrefix].find((text) => text.includes('!{'));
  if (expression !== undefined) throw new UnsupportedPrefixError(name, expression);
}

/**
 * Key of an object of records.
 *
 * @param version - of the stream's configuration: 1, and one more for each change
 * @param oldestArrival - of the records in it, in ms since 1970
 * @source Amazon Data Firehose Developer Guide, "Amazon S3 object name format" (`YYYY/MM/dd/HH/` behind the prefix, the suffix
 * `<stream>-<version>-<time>-<uuid><extension>`, UTC) and "Custom prefixes" (the time is that of the oldest record)
 */
export function recordsKey(
  { prefix, name, compression }: DeliveryStreamDefinition,
  version: number,
  oldestArrival: number,
  uuid: string,
): string {
  const { hour, second } = partsOf(oldestArrival);
  return `${prefix}${hour}/${name}-${String(version)}-${second}-${uuid}${compression === 'GZIP' ? '.gz' : ''}`;
}

/**
 * Key of the manifest that a COPY is given; behind the prefix and without the configuration's version.
 *
 * @remarks Not documented. Seen in the open: `s3://how-to-pipeline/manifests/2019/07/31/17/<stream>-2019-07-31-17-34-46-<uuid>` in a COPY,
 * `ses-logs/errors/manifests/2020/03` where the prefix is `ses-logs/`. That the time is the manifest's own is our reading.
 */
export function manifestKey({ prefix, name }: DeliveryStreamDefinition, time: number, uuid: string): string {
  const { hour, second } = partsOf(time);
  return `${prefix}${MANIFESTS}${hour}/${name}-${second}-${uuid}`;
}

/**
 * Where a manifest goes when its COPY is given up: the same name under `errors/`.
 *
 * @source Amazon Data Firehose Developer Guide, "Handle data delivery failures": the skipped objects are delivered to the bucket as a
 * manifest file in the errors/ folder. An error prefix in its place is our reading of ErrorOutputPrefix: AWS does not say for Redshift.
 */
export function failedManifestKey({ prefix, errorPrefix }: DeliveryStreamDefinition, key: string): string {
  return (errorPrefix === '' ? `${prefix}errors/` : errorPrefix) + key.slice(key.lastIndexOf(MANIFESTS));
}

/**
 * Key of an object of records whose transformation failed.
 *
 * @source Amazon Data Firehose Developer Guide, "Handle failure in data transformation": the folder `processing-failed`. That the rest of the
 * key is as of other objects, and that an error prefix stands in the place of the folder, is our reading.
 */
export function failedRecordsKey(
  { prefix, errorPrefix, name }: DeliveryStreamDefinition,
  version: number,
  oldestArrival: number,
  uuid: string,
): string {
  const { hour, second } = partsOf(oldestArrival);
  const folder = errorPrefix === '' ? `${prefix}processing-failed/` : errorPrefix;
  return `${folder}${hour}/${name}-${String(version)}-${second}-${uuid}`;
}

/** What COPY reads with MANIFEST. @source Amazon Redshift Developer Guide, "Using a manifest to specify data files" */
export function manifestOf(bucket: string, keys: readonly string[]): string {
  return JSON.stringify({ entries: keys.map((key) => ({ url: `s3://${bucket}/${key}`, mandatory: true })) });
}

const MANIFESTS = 'manifests/';

/** `2011/02/01/08` and `2011-02-01-08-26-00`, in UTC. */
function partsOf(time: number): { readonly hour: string; readonly second: string } {
  const [day = '', clock = ''] = new Date(time).toISOString().slice(0, 19).split('T');
  return { hour: `${day.replaceAll('-', '/')}/${clock.slice(0, 2)}`, second: `${day}-${clock.replaceAll(':', '-')}` };
}
