import { isoTime } from './call.ts';
import { listOf, membersOf, textOfValue, unlessEmpty } from './template-values.ts';
import type { Members } from './template-values.ts';
import type { Xml } from './xml.ts';

const dayOf = (value: unknown): string | undefined => {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : isoTime(time);
};

/** A rule of CloudFormation's `LifecycleConfiguration`, as S3 writes it. */
export function lifecycleRule(rule: Members): Xml {
  const transitions = rule['Transitions'] ?? (rule['Transition'] === undefined ? [] : [rule['Transition']]);
  const older = membersOf(rule['NoncurrentVersionExpiration']);
  const single = rule['NoncurrentVersionTransition'];
  return {
    ID: textOfValue(rule['Id']),
    Filter: filterOf(rule),
    Status: textOfValue(rule['Status']),
    Expiration: unlessEmpty({
      Days: textOfValue(rule['ExpirationInDays']),
      Date: dayOf(rule['ExpirationDate']),
      ExpiredObjectDeleteMarker: textOfValue(rule['ExpiredObjectDeleteMarker']),
    }),
    Transition: listOf(transitions).map((one) => ({
      Days: textOfValue(one['TransitionInDays']),
      Date: dayOf(one['TransitionDate']),
      StorageClass: textOfValue(one['StorageClass']),
    })),
    NoncurrentVersionExpiration: unlessEmpty({
      NoncurrentDays: textOfValue(older['NoncurrentDays'] ?? rule['NoncurrentVersionExpirationInDays']),
      NewerNoncurrentVersions: textOfValue(older['NewerNoncurrentVersions']),
    }),
    NoncurrentVersionTransition: listOf(rule['NoncurrentVersionTransitions'] ?? (single === undefined ? [] : [single])).map(
      (one) => ({
        NoncurrentDays: textOfValue(one['TransitionInDays']),
        NewerNoncurrentVersions: textOfValue(one['NewerNoncurrentVersions']),
        StorageClass: textOfValue(one['StorageClass']),
      }),
    ),
    AbortIncompleteMultipartUpload: unlessEmpty({
      DaysAfterInitiation: textOfValue(membersOf(rule['AbortIncompleteMultipartUpload'])['DaysAfterInitiation']),
    }),
  };
}

/** Several conditions stand in `And`; none is a prefix of nothing. */
function filterOf(rule: Members): Xml {
  const tags = listOf(rule['TagFilters']).map(({ Key, Value }) => ({ Key: textOfValue(Key), Value: textOfValue(Value) }));
  const [greater, less] = [textOfValue(rule['ObjectSizeGreaterThan']), textOfValue(rule['ObjectSizeLessThan'])];
  const prefix = textOfValue(rule['Prefix']);
  const conditions = [prefix, ...tags, greater, less].filter((one) => one !== undefined).length;
  if (conditions === 0) return { Prefix: '' };
  const all = {
    ...(prefix !== undefined && { Prefix: prefix }),
    ...(tags.length > 0 && { Tag: tags }),
    ...(greater !== undefined && { ObjectSizeGreaterThan: greater }),
    ...(less !== undefined && { ObjectSizeLessThan: less }),
  };
  return conditions === 1 ? all : { And: all };
}
