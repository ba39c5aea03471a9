import type { FirehoseTransformationEvent, FirehoseTransformationResult, FirehoseTransformationResultRecord } from 'aws-lambda';
import { acceptedBytes } from './stream-judge.ts';

/**
 * What Firehose delivers to the warehouse of each stream record: its accepted lines, and nothing of a record that has none.
 *
 * @remarks The store writer keeps what is refused, with the reason. Firehose gathers a mebibyte for an event; the answer stays within
 * Lambda's 6 MiB, because a line grows by a sixth at most (`1e12` written out, a price's three places), and of a record the answer says
 * less than the event.
 */
export const judgeDelivery = ({ records }: FirehoseTransformationEvent): FirehoseTransformationResult => ({
  records: records.map(({ recordId, data }): FirehoseTransformationResultRecord => {
    const bytes = Buffer.from(data, 'base64');
    const accepted = acceptedBytes(bytes);
    if (accepted.length === 0) return { recordId, result: 'Dropped' };
    return { recordId, result: 'Ok', data: accepted === bytes ? data : accepted.toString('base64') };
  }),
});
