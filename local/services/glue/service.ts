import { join } from 'node:path';
import { systemClock } from '../../clock.ts';
import type { Clock } from '../../clock.ts';
import type { ResponseEffect } from '../../faults.ts';
import { Faults } from '../../faults.ts';
import type { JsonOperations, JsonServerOptions } from '../../http/aws-json-server.ts';
import { startJsonServer } from '../../http/aws-json-server.ts';
import type { GlueDefinition } from './definition.ts';
import type { Input } from './catalog-requests.ts';
import { jobOperations, startJobRun } from './job-operations.ts';
import type { JobRun } from './job-run-store.ts';
import { JobRunStore } from './job-run-store.ts';
import type { JobRuntime } from './job-runs.ts';
import { JobRuns } from './job-runs.ts';

export interface GlueOptions extends JsonServerOptions {
  readonly definition: GlueDefinition;
  /** Where Glue's state lives. */
  readonly directory: string;
  readonly runtime: JobRuntime;
  /** Those of the catalog, of crawlers and of data quality, by name. */
  readonly operations: JsonOperations<ResponseEffect>;
  /** Hears of every change of a run's state. */
  onJobRun(this: void, run: JobRun): void;
  /** Default: the real time. */
  readonly clock?: Clock;
}

/** Glue at work. */
export interface GlueService {
  readonly url: string;
  /** As StartJobRun does it, for who needs no HTTP. @throws ServiceError */
  startJobRun(input: Input): unknown;
  /** Begin what waits since the last start, and try again what the end of the stack broke off. */
  recover(): Promise<void>;
  /** Ends every run that is at work. */
  close(): Promise<void>;
}

/** A script's arguments may be long; nothing here is large. @unit bytes */
const MAX_BODY_BYTES = 1_000_000;

/** Glue: jobs on Spark, and whatever else `operations` has. */
export async function startGlue(options: GlueOptions): Promise<GlueService> {
  const { definition, directory, clock = systemClock, runtime, onJobRun, log } = options;
  const store = new JobRunStore(join(directory, 'job-runs'));
  const runs = new JobRuns({ jobs: definition.jobs, store, runtime, clock, onChange: onJobRun, log });
  const operations = { ...jobOperations(runs, clock.now()), ...options.operations };
  const effects: readonly ResponseEffect[] = ['unavailable', 'unavailable-after'];
  const server = await startJsonServer<ResponseEffect>(
    {
      signingName: 'glue',
      targetPrefix: 'AWSGlue',
      jsonVersion: '1.1',
      operations,
      faults: new Faults<ResponseEffect>('glue', Object.fromEntries(Object.keys(operations).map((name) => [name, effects]))),
      maxBodyBytes: MAX_BODY_BYTES,
    },
    options,
  );
  return {
    url: server.url,
    startJobRun: (input) => ({ JobRunId: startJobRun(runs, input).id }),
    recover: () => runs.recover(),
    close: async () => {
      await Promise.all([server.close(), runs.close()]);
    },
  };
}
