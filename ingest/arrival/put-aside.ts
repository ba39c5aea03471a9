import { GIVEN_UP_PREFIX, REFUSED_PREFIX, UNJUDGED_PREFIX, UNREADABLE_PREFIX, UNSTORED_PREFIX } from '../../domain/bucket.ts';
import { FAILURE_PREFIXES as GIVEN_UP } from '../redrive/failed-records.ts';
import type { LoadCounts, PutAside, StoreName } from './stores.ts';

/** A place of the bucket for what came through the door and not into a store. */
export interface FailurePrefix {
  readonly prefix: string;
  /** In which stores its lines are missing, how many they are, and why. @throws when it cannot be read */
  read(this: void, text: string): Pick<PutAside, 'stores' | 'lines' | 'why'>;
  readonly remedy: string;
}

/** An object of such a place; without a text it was not read. */
export interface FailureObject {
  readonly shelf: FailurePrefix;
  readonly key: string;
  readonly text?: string | undefined;
}

const REDRIVE = 'npm run redrive sends them again';

const linesOfGivenUp = (prefix: string, text: string): number | undefined => {
  try {
    return GIVEN_UP.find((shelf) => shelf.prefix === prefix)
      ?.read(text)
      .reduce((sum, { lines }) => sum + lines, 0);
  } catch {
    return undefined;
  }
};

/** Each line of an object that the store writer wrote says why. */
const rejects = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly reason?: string; readonly message?: string });

const whyOf = ([first, ...others]: readonly { readonly reason?: string; readonly message?: string }[]) =>
  `${first?.reason ?? 'no reason'}: ${first?.message ?? ''}${others.length > 0 ? ' (the first of them)' : ''}`;

export const FAILURE_PREFIXES: readonly FailurePrefix[] = [
  {
    prefix: UNREADABLE_PREFIX,
    // No door lets these through: they are nobody's accepted lines, and are missing in no store.
    read: (text) => ({ stores: [], lines: rejects(text).length, why: whyOf(rejects(text)) }),
    remedy: 'correct them where they come from, and send them again',
  },
  {
    prefix: UNSTORED_PREFIX,
    read: (text) => ({ stores: ['DynamoDB'], lines: rejects(text).length, why: whyOf(rejects(text)) }),
    remedy: REDRIVE,
  },
  {
    prefix: GIVEN_UP_PREFIX,
    read: (text) => ({
      stores: [/raw-?writer/i.test(functionIn(text)) ? 'S3 raw/' : 'DynamoDB'],
      lines: linesOfGivenUp(GIVEN_UP_PREFIX, text),
      why: 'the function failed for hours, and its batches were given up',
    }),
    remedy: REDRIVE,
  },
  {
    prefix: UNJUDGED_PREFIX,
    read: (text) => ({
      stores: ['Redshift'],
      lines: linesOfGivenUp(UNJUDGED_PREFIX, text),
      why: 'the judge of the delivery failed',
    }),
    remedy: REDRIVE,
  },
  {
    prefix: REFUSED_PREFIX,
    read: () => ({ stores: ['Redshift'], lines: undefined, why: 'the warehouse refuses what a list of deliveries names' }),
    remedy: 'the log of the warehouse loader says why',
  },
];

/** What was put aside, by place and reason. @param loads - of the same time: what the warehouse rejected is in a table of its own */
export function putAsideIn(objects: readonly FailureObject[], loads: LoadCounts | undefined, hasWarehouse: boolean): PutAside[] {
  const all: readonly StoreName[] = ['S3 raw/', 'DynamoDB', ...(hasWarehouse ? ['Redshift' as const] : [])];
  const found = new Map<string, PutAside>();
  for (const { shelf, key, text } of objects) {
    const { stores, lines, why } = readOf(shelf, text) ?? { stores: all, lines: undefined, why: `${key} was not read` };
    const kind = [shelf.prefix, why, ...stores].join(' ');
    const known = found.get(kind);
    found.set(kind, {
      stores,
      lines: lines === undefined || (known !== undefined && known.lines === undefined) ? undefined : (known?.lines ?? 0) + lines,
      where: shelf.prefix,
      why,
      remedy: shelf.remedy,
    });
  }
  const rejected = loads?.rejected ?? 0;
  return [
    ...found.values(),
    ...(rejected > 0
      ? [
          {
            stores: ['Redshift' as const],
            lines: rejected,
            where: 'intake.reject in the warehouse',
            why: 'they fit no rule there',
            remedy: 'its column reason says which',
          },
        ]
      : []),
  ];
}

function readOf(shelf: FailurePrefix, text: string | undefined): ReturnType<FailurePrefix['read']> | undefined {
  try {
    return text === undefined ? undefined : shelf.read(text);
  } catch {
    return undefined;
  }
}

function functionIn(text: string): string {
  const { requestContext } = JSON.parse(text) as { readonly requestContext?: { readonly functionArn?: string } };
  return requestContext?.functionArn ?? '';
}
