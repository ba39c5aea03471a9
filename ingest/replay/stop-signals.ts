/** What a shell expects of a process that a signal ended. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Aborts at the first Ctrl-C or SIGTERM, so that what is under way can be finished; the second one ends the process at once.
 *
 * @param onFirst - called at the first one, before the abort
 */
export function abortOnSignals(onFirst: () => void = () => undefined): AbortSignal {
  const stop = new AbortController();
  for (const [signal, exitCode] of Object.entries(EXIT_CODES))
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(exitCode);
      onFirst();
      stop.abort(new Error(signal));
    });
  return stop.signal;
}
