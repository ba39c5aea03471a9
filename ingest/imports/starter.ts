/** Runs of the import. */
export interface ImportRuns {
  /** Whether a run waits for its turn. It has not looked yet what there is to do, so it will see everything put until now. */
  isWaiting(): Promise<boolean>;
  /** @returns the id of a run that looks for everything pending */
  start(): Promise<string>;
}

/** What the starter works with. */
export interface StarterPorts {
  readonly runs: ImportRuns;
  readonly log: (level: 'INFO' | 'WARN', entry: Readonly<Record<string, unknown>>) => void;
}

/** What came of an event. */
export type StartOutcome = 'started' | 'waiting already' | 'ignored';

/** The starter was called with something it does not know. */
export class UnknownObjectEventError extends Error {
  override readonly name = 'UnknownObjectEventError';
  readonly code = 'UNKNOWN_OBJECT_EVENT';

  constructor(readonly event: unknown) {
    super(
      `send an "Object Created" event of aws.s3, whose detail.object.key names the object: got ${JSON.stringify(event ?? null).slice(0, 200)}`,
    );
  }
}

/** What the job reads. The name decides, as it does for the job. */
const ENDINGS = ['.csv', '.csv.gz'];

/**
 * See to it that a run of the import begins after an object was put.
 *
 * @remarks A run lists the objects itself, so one that waits does for any number of them: of a thousand files put at once, a few
 * calls start a run and the others find one waiting. Two calls at the same moment may both start one, and the second finds nothing
 * to do.
 * @throws UnknownObjectEventError; whatever the runs throw: Lambda calls again
 */
export const importStarter =
  ({ runs, log }: StarterPorts) =>
  async (event: unknown): Promise<StartOutcome> => {
    const object = objectOf(event);
    if (!ENDINGS.some((ending) => object.endsWith(ending))) {
      const why = `its name does not end in ${ENDINGS.join(' or ')}`;
      // A folder's marker is nobody's mistake.
      log(object.endsWith('/') ? 'INFO' : 'WARN', { outcome: 'ignored', object, why });
      return 'ignored';
    }
    if (await runs.isWaiting()) {
      log('INFO', { outcome: 'waiting already', object });
      return 'waiting already';
    }
    log('INFO', { outcome: 'started', object, run: await runs.start() });
    return 'started';
  };

function objectOf(event: unknown): string {
  const { source, detail } = (event ?? {}) as { source?: unknown; detail?: { object?: { key?: unknown } } };
  const key = detail?.object?.key;
  if (source !== 'aws.s3' || typeof key !== 'string') throw new UnknownObjectEventError(event);
  return key;
}
