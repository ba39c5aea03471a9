import type { Claim } from '../claim.ts';
import { filtersCountTheirLines } from '../offline/metric-filters.ts';

export const functionClaims: readonly Claim[] = [
  {
    id: 'alarms-read-log-lines',
    area: 'Functions and alarms',
    claim: 'Each metric filter counts those lines that are its own, as Lambda writes them in JSON.',
    step: 'offline',
    how: "`TestMetricFilter` with the template's filters and with lines of every kind.",
    check: filtersCountTheirLines,
  },
  {
    id: 'lambda-json-log-lines',
    area: 'Functions and alarms',
    claim:
      'What the functions print is written as the local runtime writes it: an object under `message`, and errors with `level`.',
    look: 'Compare a line of the loader in CloudWatch with one of `npm start`.',
  },
  {
    id: 'alarms-failure-metrics',
    area: 'Functions and alarms',
    claim:
      '`OnFailureDestinationDeliveredEventCount` and `DroppedEventCount` are called so, with these dimensions, and `FILL` reads points that are missing from a part as zero.',
    look: 'Let a batch be given up, and look at the alarm `StoreWriterGaveUp`.',
  },
];
