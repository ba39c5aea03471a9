import { join } from 'node:path';
import type { Closers } from '../../closers.ts';
import { sessionTokenOf } from '../../http/signature-v4.ts';
import type { JobRunChange } from '../event-bridge/service.ts';
import { startCatalog } from './catalog-service.ts';
import { querySpark } from './data-quality-spark.ts';
import type { GlueService } from './service.ts';
import { startGlue } from './service.ts';
import { sparkRuntime } from './spark-run.ts';
import type { RedshiftService } from '../redshift/service.ts';
import type { StackOptions } from '../../stack-options.ts';
import type { Stores } from '../../stores.ts';
import type { GlueDefinition } from './definition.ts';
import type { SecretValues } from '../secrets-manager/secret-values.ts';
import { queryWarehouse } from './warehouse-query.ts';

/** Glue of a stack. */
export interface RunningGlue extends Pick<GlueService, 'url'> {
  /**
   * Call StartJobRun for a schedule.
   *
   * @remarks Installs nothing: before the first import on this machine a schedule has no data to look for.
   */
  startScheduledRun(this: void, input: { readonly JobName?: unknown }): void;
  /** Begin what waits since the last start; from now on `notify` is told of every change of a run's state. */
  begin(notify: (change: JobRunChange) => void): Promise<void>;
}

/** The services of the stack that crawlers and evaluations read. */
export interface GlueSurroundings {
  readonly stores: Pick<Stores, 's3'>;
  /** Absent when the stack has no warehouse. */
  readonly redshift: RedshiftService | undefined;
  readonly secrets: SecretValues;
  /** What jobs find, as functions do: credentials, region, endpoints. Read when a run begins. */
  environment(this: void): Readonly<Record<string, string>>;
}

/** Start Glue, if the stack declares anything of it. Before `begin` only runs begin that a client starts. */
export async function startDeclaredGlue(
  definition: GlueDefinition | undefined,
  { stores: { s3 }, redshift, secrets, environment }: GlueSurroundings,
  options: StackOptions,
  closers: Closers,
): Promise<RunningGlue | undefined> {
  if (definition === undefined) return undefined;
  const { directory, region, log } = options;
  const { credentials } = directory;
  const runtime = sparkRuntime({
    directory: join(directory.path, 'glue', 'spark'),
    logs: directory.inside('logs'),
    endpoint: s3.url,
    region,
    credentials,
    environmentOf: (roleArn) => ({ ...environment(), AWS_SESSION_TOKEN: sessionTokenOf(roleArn) }),
    log,
  });
  const catalog = startCatalog({
    ...options,
    definition,
    directory: directory.inside('glue'),
    objects: s3.objects,
    query: queryWarehouse(redshift, secrets),
    ask: querySpark(definition.jobs, runtime, directory.inside('glue', 'data-quality')),
  });
  closers.add(() => catalog.close());
  let notify: (change: JobRunChange) => void = () => undefined;
  const glue = await startGlue({
    definition,
    directory: directory.inside('glue'),
    runtime,
    operations: catalog.operations,
    onJobRun: (run) => notify(run),
    port: 0,
    credentials,
    region,
    log,
  });
  closers.add(() => glue.close());
  return {
    url: glue.url,
    startScheduledRun: (input) => {
      const job = definition.jobs.find(({ name }) => name === input.JobName);
      if (job === undefined || runtime.isPrepared(job)) glue.startJobRun({ ...input });
      else log(`glue: the clock does not start ${job.name}, because Spark is not installed yet: the first import does that`);
    },
    begin: (listener) => {
      notify = listener;
      return glue.recover();
    },
  };
}
