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

/**
 * See to it that a run of the import begins after an object was put.
 *
 * @remarks A run lists the objects itself, so one that waits does for any number of them: of a thousand files put at once, a few
 * calls start a run and the others find one waiting. Whatever its name is, an object starts one: the job alone knows what it can
 * read, and tells of what it cannot in `import/done/` and by its alarm, where a line in this function's log would tell nobody.
 * @throws UnknownObjectEventError; whatever the runs throw: Lambda calls again
 */
export const importStarter =
  ({ runs, log }: StarterPorts) =>
  async (event: unknown): Promise<StartOutcome> => {
    const { key: object, size } = objectOf(event);
    if (object.endsWith('/') && size === 0) {
      log({ outcome: 'ignored', object, why: 'a folder, as the console makes it' });
      return 'ignored';
    }
    if (await runs.isWaiting()) {
      log({ outcome: 'waiting already', object });
      return 'waiting already';
    }
    log({ outcome: 'started', object, run: await runs.start() });
    return 'started';
  };

function objectOf(event: unknown): { readonly key: string; readonly size: unknown } {
  const { source, detail } = (event ?? {}) as { source?: unknown; detail?: { object?: { key?: unknown; size?: unknown } } };
  const { key, size } = detail?.object ?? {};
  if (source !== 'aws.s3' || typeof key !== 'string') throw new UnknownObjectEventError(event);
  return { key, size };
}
