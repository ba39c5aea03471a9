import type { Claim } from '../claim.ts';

export const deliveryClaims: readonly Claim[] = [
  {
    id: 'firehose-admitted',
    area: 'Delivery',
    claim:
      'Firehose, with rights on `firehose/*` and the external id in its trust, passes the check that it makes of a new delivery stream.',
    look: 'Deploy stage `dev`: the delivery stream comes to stand.',
  },
  {
    id: 'firehose-signs-in',
    area: 'Delivery',
    claim: 'Firehose signs in to a workgroup that asks for encryption, with a secret of `username` and `password`.',
    look: 'Deploy stage `dev`, send a line, and see it in `intake.landing` or `mart` within ten minutes.',
  },
  {
    id: 'firehose-judge-retries',
    area: 'Delivery',
    claim:
      'Firehose takes 300 for `NumberOfRetries`, tries again when the judge itself fails, and invokes it by its ARN without a version with rights on that ARN alone.',
    look: 'Set the reserved concurrency of the judge to 0 for a few minutes while lines are sent, and take it off: the lines are delivered.',
  },
  {
    id: 'firehose-unjudged-objects',
    area: 'Delivery',
    claim: 'Records whose judge failed lie under `firehose/processing-failed/`, with `rawData` and `lambdaArn`.',
    look: 'Let the judge fail for good, and read an object there; then `npm run redrive -- --dry-run` can read it as well.',
  },
  {
    id: 'firehose-failed-lists',
    area: 'Delivery',
    claim: 'Lists of copies that failed are put under `firehose/errors/manifests/`.',
    look: 'Take the right to insert from the user of Firehose for more than two hours, and look where the list lies.',
  },
  {
    id: 'firehose-first-copy-asleep',
    area: 'Delivery',
    claim: "Firehose's first COPY waits for a workgroup that wakes up.",
    look: 'Send a line when the workgroup has slept for an hour: it is delivered at the first try, as the log of the delivery says.',
  },
];
