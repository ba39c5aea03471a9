import { tableOf } from './report.ts';

/** Something that runs by the clock. */
export interface Scheduled {
  /** Such as `import` or `crawler tillgraph-dev-bulk`. */
  readonly what: string;
  /** Such as `cron(0 3 * * ? *)`. */
  readonly expression: string;
  readonly timezone: string;
  readonly enabled: boolean;
}

/** When something runs next. */
export interface NextRuns {
  /** On the clocks of the world, as AWS would. ISO 8601. */
  readonly declared: readonly string[];
  /** Here, where time passes faster for schedules. ISO 8601. */
  readonly here: readonly string[];
  readonly timeFactor: number;
}

/** Who knows the schedules of a stack. */
export interface ScheduleSource {
  /** What imports and crawls by the clock. */
  scheduled(): Promise<readonly Scheduled[]>;
  nextRuns(schedule: Scheduled): Promise<NextRuns>;
}

/** The next runs of everything that imports or crawls by itself, as a table for each. */
export async function scheduleTable(source: ScheduleSource): Promise<string> {
  const all = await source.scheduled();
  if (all.length === 0) return 'Nothing imports or crawls by the clock in this stage: uploads start imports\n';
  const parts: string[] = [];
  for (const schedule of all) {
    const { what, expression, timezone, enabled } = schedule;
    const title = `${what}: ${expression}, ${timezone}${enabled ? '' : ', switched off'}`;
    if (!enabled) {
      parts.push(`${title}\n`);
      continue;
    }
    const { declared, here, timeFactor } = await source.nextRuns(schedule);
    const rows = declared.map((at, place): [string, string] => [`  ${at}`, here[place] ?? '']);
    const head: [string, string] = ['  as declared', `here, ${String(timeFactor)} times as fast`];
    parts.push(`${title}\n${declared.length === 0 ? '  never again\n' : tableOf([head, ...rows])}`);
  }
  return parts.join('\n');
}
