import { BatchStopJobRunCommand, GetJobRunsCommand, type GlueClient, StartJobRunCommand } from '@aws-sdk/client-glue';
import type { ImportRuns } from '../imports/starter.ts';

/** Runs looked at, the newest first: more than can be between one that waits and one that was just started. */
const NEWEST = 25;

/** Runs of a Glue job. */
export function glueImportRuns(client: Pick<GlueClient, 'send'>, job: string): ImportRuns {
  return {
    async waiting() {
      const { JobRuns = [] } = await client.send(new GetJobRunsCommand({ JobName: job, MaxResults: NEWEST }));
      return JobRuns.filter(({ JobRunState: state }) => state === 'WAITING')
        .map(({ Id: id = '', StartedOn: startedOn }) => ({ id, startedAt: startedOn?.getTime() ?? 0 }))
        .sort((one, other) => (one.startedAt === other.startedAt ? compare(one.id, other.id) : one.startedAt - other.startedAt))
        .map(({ id }) => id);
    },

    async start() {
      const { JobRunId: run } = await client.send(new StartJobRunCommand({ JobName: job }));
      return run ?? 'without an id';
    },

    async stop(run) {
      await client.send(new BatchStopJobRunCommand({ JobName: job, JobRunIds: [run] }));
    },
  };
}

const compare = (one: string, other: string) => (one < other ? -1 : 1);
