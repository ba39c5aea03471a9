import { GlueClient, paginateGetCrawlers } from '@aws-sdk/client-glue';
import { callStack, requireOutput, localOutputs, nameOf } from './local-outputs.ts';
import type { NextRuns, Scheduled, ScheduleSource } from './schedule.ts';

/** A schedule of EventBridge Scheduler as the local stand-in lists it. */
interface ListedSchedule extends Omit<Scheduled, 'what'> {
  readonly name: string;
  /** ARN of what it starts. */
  readonly target: string;
}

/** What starts a run of a Glue job. @source EventBridge Scheduler User Guide, "Using universal targets" */
const START_JOB_RUN = 'arn:aws:scheduler:::aws-sdk:glue:startJobRun';
/** Runs that are told of each schedule. */
const RUNS = 3;

/** The schedules of the local stack that runs on a data directory. @throws NoStackError */
export function localSchedules(data: string): ScheduleSource & { close(): void } {
  const outputs = localOutputs(data);
  const { region, credentials } = outputs;
  const scheduler = requireOutput(outputs, 'endpoints', 'scheduler');
  const glue = new GlueClient({ region, credentials, endpoint: requireOutput(outputs, 'endpoints', 'glue') });
  const ask = <T>(call: () => Promise<T>): Promise<T> => callStack(nameOf(data), call);

  async function page<T>(path: string): Promise<T> {
    const answer = await ask(() => fetch(`${scheduler}${path}`));
    if (!answer.ok) throw new Error(`the local stack does not say what it does by the clock: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async function crawlers(): Promise<Scheduled[]> {
    const found: Scheduled[] = [];
    for await (const { Crawlers = [] } of paginateGetCrawlers({ client: glue }, {}))
      for (const { Name = '', Schedule } of Crawlers)
        if (Schedule?.ScheduleExpression !== undefined)
          found.push({
            what: `crawler ${Name}`,
            expression: Schedule.ScheduleExpression,
            timezone: 'UTC',
            enabled: Schedule.State === 'SCHEDULED',
          });
    return found;
  }

  return {
    scheduled: async () => {
      const { schedules } = await page<{ readonly schedules: readonly ListedSchedule[] }>('/_schedules');
      const imports = schedules.filter(({ target }) => target === START_JOB_RUN);
      return [...imports.map(({ name, ...times }) => ({ ...times, what: `import ${name}` })), ...(await ask(crawlers))];
    },
    nextRuns: ({ expression, timezone }) =>
      page<NextRuns>(`/_next-runs?${new URLSearchParams({ expression, timezone, count: String(RUNS) }).toString()}`),
    close: () => {
      glue.destroy();
    },
  };
}
