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

/** Where the lists of failed deliveries are, among other errors. */
export const failedPrefix = (prefix: string) => `${prefix}errors/`;

/** Where a manifest is put when it has been dealt with. */
export const shelvedKey = (prefix: string, key: string, shelf: 'redriven' | 'refused') =>
  `${prefix}${shelf}/${key.slice(prefix.length)}`;
