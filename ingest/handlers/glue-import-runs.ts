import { GetJobRunsCommand, type GlueClient, StartJobRunCommand } from '@aws-sdk/client-glue';
import type { ImportRuns } from '../imports/starter.ts';

/** Runs looked at, the newest first: more than can be between one that waits and one that was just started. */
const NEWEST = 25;

/** Runs of a Glue job. */
export function glueImportRuns(client: Pick<GlueClient, 'send'>, job: string): ImportRuns {
  return {
    async isWaiting() {
      const { JobRuns = [] } = await client.send(new GetJobRunsCommand({ JobName: job, MaxResults: NEWEST }));
      return JobRuns.some(({ JobRunState: state }) => state === 'WAITING');
    },

    async start() {
      const { JobRunId: run } = await client.send(new StartJobRunCommand({ JobName: job }));
      return run ?? 'without an id';
    },
  };
}
