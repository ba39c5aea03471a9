import { GlueClient } from '@aws-sdk/client-glue';
import { importStarter, type StartOutcome } from '../imports/starter.ts';
import { requireVariable } from './environment.ts';
import { glueImportRuns } from './glue-import-runs.ts';

const start = importStarter({
  runs: glueImportRuns(new GlueClient({}), requireVariable('IMPORT_JOB_NAME')),
  log(entry) {
    console.info(entry);
  },
});

export const handler = (event: unknown): Promise<StartOutcome> => start(event);
