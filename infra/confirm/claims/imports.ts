import type { Claim } from '../claim.ts';

export const importClaims: readonly Claim[] = [
  {
    id: 'import-run-is-as-here',
    area: 'Imports',
    claim: 'A run of Glue 5.1 finds script, modules and arguments as the local one does, and begins within a few minutes.',
    look: 'Deploy stage `dev` and put a file under `bulk/`: `import/done/` tells of it.',
  },
  {
    id: 'import-job-rights',
    area: 'Imports',
    claim:
      "The job's rights suffice for Glue 5.1 and for S3A, which asks for objects that are not there, and its logs go to the two groups made for them.",
    look: 'Put a file under `bulk/`, and look into `/aws-glue/tillgraph-dev/import/output`.',
  },
  {
    id: 'import-runs-listed',
    area: 'Imports',
    claim: "A list of a job's runs shows a run that was just started, and runs that wait begin in the order of their start.",
    look: 'Put ten files at once: two runs do them, the other starters have stopped theirs.',
  },
  {
    id: 'import-waiting-run',
    area: 'Imports',
    claim: 'A run that waits for more than a quarter of an hour is given up, and its event says so.',
    look: 'Start a second run while one takes longer than that, and read the event.',
  },
  {
    id: 'import-schedule-target',
    area: 'Imports',
    claim: 'The universal target `glue:startJobRun` takes `JobName` as it is written, and EventBridge a role for a topic.',
    look: 'Wait for the schedule of stage `dev`, or set it to a minute: a run begins.',
  },
  {
    id: 'import-events',
    area: 'Imports',
    claim: "S3's events of `bulk/` and `import/manifests/` come as here, and at most one run waits.",
    look: 'Put a file under `bulk/`: a run begins, and the loader is invoked when its list lies there.',
  },
  {
    id: 'import-failed-event',
    area: 'Imports',
    claim: 'A run that fails sends the event `Glue Job State Change`, and a mail follows.',
    look: 'Put a file that cannot be read, and wait for the mail.',
  },
];
