/** Runs of the import. */
export interface ImportRuns {
  /**
   * Ids of the runs that wait for their turn, the one that was started first at the beginning. They have not looked yet what there is to
   * do, so each will see everything put until now.
   */
  waiting(): Promise<readonly string[]>;
  /** @returns the id of a run that looks for everything pending */
  start(): Promise<string>;
  /** End a run that waits. */
  stop(run: string): Promise<void>;
}

/** What the starter works with. */
export interface StarterPorts {
  readonly runs: ImportRuns;
  readonly log: (entry: Readonly<Record<string, unknown>>) => void;
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

/** Runs begin and end so fast that it cannot be told whether one will see the object. */
export class UnsettledRunsError extends Error {
  override readonly name = 'UnsettledRunsError';
  readonly code = 'UNSETTLED_RUNS';

  constructor(readonly object: string) {
    super(`no run is known to see ${object}: call again, or start the job by hand`);
  }
}

/**
 * See to it that a run of the import begins after an object was put.
 *
 * @remarks A run lists the objects itself, so one that waits does for any number of them: of a thousand files put at once, a few
 * calls start a run and the others find one waiting. Of calls at the same time each may start a run; then all but the first that waits
 * are stopped by who started them, so that a year of day files costs two runs and not 365. Whatever its name is, an object starts one: the job alone knows what it can
 * read, and tells of what it cannot in `import/done/` and by its alarm, where a line in this function's log would tell nobody.
 * @throws UnknownObjectEventError, UnsettledRunsError; whatever the runs throw: Lambda calls again
 */
export const importStarter =
  ({ runs, log }: StarterPorts) =>
  async (event: unknown): Promise<StartOutcome> => {
    const { key: object, size } = objectOf(event);
    if (object.endsWith('/') && size === 0) {
      log({ outcome: 'ignored', object, why: 'a folder, as the console makes it' });
      return 'ignored';
    }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if ((await runs.waiting()).length > 0) {
        log({ outcome: 'waiting already', object });
        return 'waiting already';
      }
      const run = await runs.start();
      const [first = run, ...others] = await runs.waiting();
      if (first === run || !others.includes(run)) {
        log({ outcome: 'started', object, run });
        return 'started';
      }
      // Whoever has seen this run wait relies on it: the loop sees to it that another one waits, or begins.
      await runs.stop(run);
    }
    throw new UnsettledRunsError(object);
  };

/** How often a run is stopped for one before it that then begins, until the call is made again later. */
const ATTEMPTS = 5;

function objectOf(event: unknown): { readonly key: string; readonly size: unknown } {
  const { source, detail } = (event ?? {}) as { source?: unknown; detail?: { object?: { key?: unknown; size?: unknown } } };
  const { key, size } = detail?.object ?? {};
  if (source !== 'aws.s3' || typeof key !== 'string') throw new UnknownObjectEventError(event);
  return { key, size };
}
