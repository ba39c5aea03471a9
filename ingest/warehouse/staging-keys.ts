/** What an object under the staging prefix is. */
export type StagedObject = 'lines' | 'failed delivery' | 'other';

/**
 * Tell by its key what Firehose put: lines, the list of a delivery that it gave up, or a list for a COPY of its own (and what we
 * put away ourselves).
 *
 * @param prefix - the staging prefix, such as `firehose/`
 */
export function stagedObject(prefix: string, key: string): StagedObject {
  if (!key.startsWith(prefix)) return 'other';
  const [folder = ''] = key.slice(prefix.length).split('/');
  if (folder === 'errors') return key.includes('/manifests/') ? 'failed delivery' : 'other';
  return folder === 'manifests' || folder === 'redriven' || folder === 'refused' ? 'other' : 'lines';
}

const HOUR = 3_600_000;
/** How long a record may have waited in the stream before Firehose put it. @unit milliseconds @source Kinesis, default retention */
const OLDEST_RECORD = 24 * HOUR;

/**
 * A key that comes before those of all lines which Firehose puts from this time on: they stand under the hour of their oldest record.
 *
 * @param at - milliseconds since 1970
 * @source Amazon Data Firehose developer guide, "Amazon S3 object name format": `YYYY/MM/dd/HH/` in UTC behind the prefix
 */
export function keyBefore(prefix: string, at: number): string {
  const [day = '', time = ''] = new Date(Math.max(0, at - OLDEST_RECORD)).toISOString().split('T');
  return `${prefix}${day.replaceAll('-', '/')}/${time.slice(0, 2)}/`;
}

/**
 * A key that comes before those of all objects which are put into the raw layer from this time on: they stand under the hour in which their
 * first record arrived, and that may be a day ago.
 *
 * @param at - milliseconds since 1970
 */
export function rawKeyBefore(at: number): string {
  const [day = '', time = ''] = new Date(Math.max(0, at - OLDEST_RECORD - HOUR)).toISOString().split('T');
  return `raw/v=1/dt=${day}/hour=${time.slice(0, 2)}/`;
}

/** Where the lists of failed deliveries are, among other errors. */
export const failedPrefix = (prefix: string) => `${prefix}errors/`;

/** Where a manifest is put when it has been dealt with. */
export const handledKey = (prefix: string, key: string, shelf: 'redriven' | 'refused') =>
  `${prefix}${shelf}/${key.slice(prefix.length)}`;
