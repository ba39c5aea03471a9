import { GetJobRunCommand, StartJobRunCommand, type GlueClient } from '@aws-sdk/client-glue';
import type { ImportJob } from '../warehouse/rebuild.ts';

const AT_WORK = new Set(['STARTING', 'RUNNING', 'STOPPING', 'WAITING']);

/**
 * The Glue job that imports files.
 *
 * @remarks The role may start runs of the job, and look at them.
 */
export function glueImportJob(client: Pick<GlueClient, 'send'>, job: string): ImportJob {
  return {
    async start() {
      const { JobRunId = '' } = await client.send(new StartJobRunCommand({ JobName: job, Arguments: { '--again': 'true' } }));
      return JobRunId;
    },

    async look(run) {
      const { JobRun } = await client.send(new GetJobRunCommand({ JobName: job, RunId: run }));
      const state = JobRun?.JobRunState ?? 'RUNNING';
      return AT_WORK.has(state) ? 'RUNNING' : state;
    },
  };
}
