import { createHash } from 'node:crypto';
import type { ResponseEffect } from '../../faults.ts';
import type { JsonOperations } from '../../http/aws-json-server.ts';
import { ServiceError } from '../../errors.ts';
import type { JobDefinition } from './definition.ts';
import { refusedArgument } from './template-jobs.ts';
import type { Input } from './catalog-requests.ts';
import { invalid, optionalText, pageOf, refuseMembers, requiredText, texts } from './catalog-requests.ts';
import type { JobRun } from './job-run-store.ts';
import { hasEnded } from './job-run-store.ts';
import type { JobRuns } from './job-runs.ts';

/** @source service model 2017-03-31, shapes PageSize and OrchestrationPageSize200 */
const MAX_JOBS = 1_000;
const MAX_RUNS = 200;
/** @source service model 2017-03-31, shape BatchStopJobRunJobRunIdList */
const MAX_STOPPED_RUNS = 25;

/**
 * Everything about jobs and their runs but to make jobs: those come from the template.
 *
 * @param createdAt - of the definitions; the template does not say. Milliseconds since 1970
 */
export function jobOperations(runs: JobRuns, createdAt: number): JsonOperations<ResponseEffect> {
  return {
    GetJob: (input) => ({ Job: describeJob(jobOf(runs, requiredText(input, 'JobName')), createdAt) }),

    GetJobs: (input) => {
      const { page, next } = pageOf(input, byName(runs.jobs), MAX_JOBS);
      return { Jobs: page.map((job) => describeJob(job, createdAt)), ...next };
    },

    ListJobs: (input) => {
      refuseMembers(input, 'Tags');
      const { page, next } = pageOf(input, byName(runs.jobs), MAX_JOBS);
      return { JobNames: page.map(({ name }) => name), ...next };
    },

    StartJobRun: (input) => ({ JobRunId: startJobRun(runs, input).id }),

    GetJobRun: (input) => {
      const job = jobOf(runs, requiredText(input, 'JobName'));
      return { JobRun: describeRun(runs.find(job.name, requiredText(input, 'RunId'))) };
    },

    GetJobRuns: (input) => {
      const job = jobOf(runs, requiredText(input, 'JobName'));
      const { page, next } = pageOf(input, runs.runsOf(job.name), MAX_RUNS);
      return { JobRuns: page.map(describeRun), ...next };
    },

    BatchStopJobRun: (input) => stop(runs, requiredText(input, 'JobName'), texts(input, 'JobRunIds')),
  };
}

/** In the words of the operations that ask for a job, which are others than those that start one. */
function jobOf(runs: JobRuns, name: string): JobDefinition {
  const job = runs.jobs.find((one) => one.name === name);
  if (job === undefined) throw new ServiceError('EntityNotFoundException', `Job ${name} not found.`);
  return job;
}

const byName = (jobs: readonly JobDefinition[]): readonly JobDefinition[] =>
  [...jobs].sort((one, other) => (one.name < other.name ? -1 : 1));

export function startJobRun(runs: JobRuns, input: Input): JobRun {
  refuseMembers(
    input,
    ...['JobRunId', 'AllocatedCapacity', 'MaxCapacity', 'SecurityConfiguration', 'NotificationProperty'],
    'ExecutionRoleSessionPolicy',
  );
  const jobName = requiredText(input, 'JobName');
  const given = argumentsOf(input);
  const refused =
    refusedArgument(given) ?? ('--extra-py-files' in given ? '--extra-py-files: declare it with the job' : undefined);
  if (refused !== undefined) throw invalid(refused);
  const queues = input['JobRunQueuingEnabled'] ?? undefined;
  if (queues !== undefined && typeof queues !== 'boolean') throw invalid('JobRunQueuingEnabled must be true or false');
  const timeoutMinutes = wholeNumber(input, 'Timeout');
  const numberOfWorkers = wholeNumber(input, 'NumberOfWorkers');
  const workerType = optionalText(input, 'WorkerType');
  return runs.start(jobName, {
    arguments: given,
    ...(queues !== undefined && { queues }),
    ...(timeoutMinutes !== undefined && { timeoutMinutes }),
    ...(numberOfWorkers !== undefined && { numberOfWorkers }),
    ...(workerType !== undefined && { workerType }),
  });
}

function argumentsOf({ Arguments = {} }: Input): Readonly<Record<string, string>> {
  if (typeof Arguments === 'object' && Arguments !== null && !Array.isArray(Arguments)) {
    const wrong = Object.entries(Arguments).find(([, value]) => typeof value !== 'string');
    if (wrong === undefined) return Arguments as Record<string, string>;
  }
  throw invalid(`Arguments must be texts by name: got ${JSON.stringify(Arguments)}`);
}

function wholeNumber(input: Input, member: string): number | undefined {
  const value = input[member] ?? undefined;
  if (value === undefined || (typeof value === 'number' && Number.isInteger(value) && value > 0)) return value;
  throw invalid(`${member} must be a whole number above 0: got ${JSON.stringify(value)}`);
}

function stop(runs: JobRuns, JobName: string, ids: readonly string[]): unknown {
  if (ids.length === 0 || ids.length > MAX_STOPPED_RUNS)
    throw invalid(`JobRunIds: write 1 to ${String(MAX_STOPPED_RUNS)} ids, got ${String(ids.length)}`);
  jobOf(runs, JobName);
  const SuccessfulSubmissions: object[] = [];
  const Errors: object[] = [];
  for (const JobRunId of ids) {
    try {
      runs.stop(JobName, JobRunId);
      SuccessfulSubmissions.push({ JobName, JobRunId });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      Errors.push({ JobName, JobRunId, ErrorDetail: { ErrorCode: error.code, ErrorMessage: error.message } });
    }
  }
  return { SuccessfulSubmissions, Errors };
}

function describeJob(job: JobDefinition, createdAt: number): unknown {
  const seconds = createdAt / 1000;
  return {
    Name: job.name,
    JobMode: 'SCRIPT',
    JobRunQueuingEnabled: job.queues,
    ...(job.description !== undefined && { Description: job.description }),
    Role: job.roleArn,
    CreatedOn: seconds,
    LastModifiedOn: seconds,
    ExecutionProperty: { MaxConcurrentRuns: job.maxConcurrentRuns },
    Command: { Name: 'glueetl', ScriptLocation: job.scriptLocation, PythonVersion: '3' },
    DefaultArguments: job.defaultArguments,
    ...(Object.keys(job.nonOverridableArguments).length > 0 && { NonOverridableArguments: job.nonOverridableArguments }),
    MaxRetries: job.maxRetries,
    Timeout: job.timeoutMinutes,
    ...capacityOf(job),
    GlueVersion: job.glueVersion,
    ExecutionClass: 'STANDARD',
  };
}

function describeRun(run: JobRun): unknown {
  const { begunAt, completedAt } = run;
  const seconds = begunAt === undefined || completedAt === undefined ? 0 : Math.round((completedAt - begunAt) / 1000);
  return {
    Id: run.id,
    Attempt: run.attempt,
    ...(run.previousRunId !== undefined && { PreviousRunId: run.previousRunId }),
    JobName: run.jobName,
    JobMode: 'SCRIPT',
    JobRunQueuingEnabled: run.queues,
    StartedOn: run.startedAt / 1000,
    LastModifiedOn: run.modifiedAt / 1000,
    ...(completedAt !== undefined && { CompletedOn: completedAt / 1000 }),
    JobRunState: run.state,
    ...(Object.keys(run.arguments).length > 0 && { Arguments: run.arguments }),
    ...(run.errorMessage !== undefined && { ErrorMessage: run.errorMessage }),
    PredecessorRuns: [],
    ...capacityOf(run),
    ExecutionTime: hasEnded(run) ? seconds : 0,
    Timeout: run.timeoutMinutes,
    LogGroupName: '/aws-glue/jobs',
    GlueVersion: run.glueVersion,
    ExecutionClass: 'STANDARD',
  };
}

/** DPU of a worker. @source Glue, "AWS Glue worker types" */
const CAPACITY: Readonly<Record<string, number>> = { 'G.025X': 0.25, 'G.1X': 1, 'G.2X': 2, 'G.4X': 4, 'G.8X': 8 };

function capacityOf({ workerType, numberOfWorkers }: Pick<JobDefinition, 'workerType' | 'numberOfWorkers'>): object {
  const each = CAPACITY[workerType];
  return {
    WorkerType: workerType,
    NumberOfWorkers: numberOfWorkers,
    ...(each !== undefined && {
      MaxCapacity: each * numberOfWorkers,
      AllocatedCapacity: Math.max(1, Math.round(each * numberOfWorkers)),
    }),
  };
}

/** The id that Glue passes to every run of a job as `--JOB_ID`: always the same for a job. */
export const jobIdOf = ({ arn }: JobDefinition): string => `j_${createHash('sha256').update(arn).digest('hex')}`;
