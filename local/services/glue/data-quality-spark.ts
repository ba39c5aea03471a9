import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFileAtomically } from '../../state-files.ts';
import type { JobDefinition } from './definition.ts';
import type { QueryTable, TableResult } from './data-quality.ts';
import type { JobRuntime } from './job-runs.ts';

const SCRIPT = fileURLToPath(new URL('./data_quality.py', import.meta.url));
/** What an evaluation gets when nothing is said. @source Glue, StartDataQualityRulesetEvaluationRun, Timeout: 2,880 minutes */
const TIMEOUT_MINUTES = 2880;

/**
 * Asks tables by a run of Spark, in the environment that the stack's jobs bring.
 *
 * @param directory - for queries and results on their way
 */
export function querySpark(jobs: readonly JobDefinition[], runtime: JobRuntime, directory: string): QueryTable {
  return async (id, request, signal) => {
    const [job] = jobs;
    if (job === undefined) throw new Error('the stack has no Spark job, so nothing says which Spark to use');
    const place = join(directory, id);
    mkdirSync(place, { recursive: true });
    const paths = { '--request': join(place, 'request.json'), '--answer': join(place, 'answer.json') };
    writeFileAtomically(paths['--request'], JSON.stringify(request), { flush: false });
    const evaluation: JobDefinition = {
      ...job,
      name: 'data-quality',
      script: SCRIPT,
      defaultArguments: {},
      nonOverridableArguments: {},
      timeoutMinutes: TIMEOUT_MINUTES,
      maxRetries: 0,
    };
    const { workerType, numberOfWorkers, glueVersion } = job;
    const now = Date.now();
    const run = {
      ...{ id, jobName: evaluation.name, attempt: 0, state: 'RUNNING' as const, arguments: paths, queues: false },
      ...{ timeoutMinutes: TIMEOUT_MINUTES, workerType, numberOfWorkers, glueVersion, startedAt: now, modifiedAt: now },
    };
    try {
      const { errorMessage } = await runtime.run(evaluation, run, () => undefined, signal);
      if (errorMessage !== undefined) throw new Error(errorMessage);
      return JSON.parse(readFileSync(paths['--answer'], 'utf8')) as TableResult;
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  };
}
