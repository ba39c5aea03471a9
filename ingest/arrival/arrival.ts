import type { Clock } from '../replay/sending.ts';
import type { StoreSnapshot, LoadCounts, PutAside, Stores, StoreName, Waiting } from './stores.ts';

/** What became of lines that came through the door. */
export interface Arrival {
  /** `late`: the time was over. `stopped`: nobody waited on. `unseen`: the stack did not answer. */
  readonly outcome: 'arrived' | 'late' | 'stopped' | 'unseen';
  readonly names: readonly StoreName[];
  /** What was under way at the last look. */
  readonly waiting: readonly Waiting[];
  readonly putAside: readonly PutAside[];
  readonly loads: LoadCounts | undefined;
  /** Why the stack was not seen. */
  readonly reason?: string;
  /** @unit seconds */
  readonly seconds: number;
}

export interface ArrivalPorts {
  readonly stores: Stores;
  readonly clock: Clock;
  /** Aborts when nobody wants to wait on. */
  readonly signal: AbortSignal;
  /** How long to wait. @unit milliseconds */
  readonly patience: number;
  readonly onWaiting: (waiting: readonly Waiting[]) => void;
}

/** Between two looks. @unit milliseconds */
const LOOK_AGAIN = 200;

/** Wait until every store has done all that is on the stream, and say what was put aside since. */
export async function awaitArrival(since: StoreSnapshot, ports: ArrivalPorts): Promise<Arrival> {
  const { stores, clock, signal, patience, onWaiting } = ports;
  const started = clock.now();
  const nothing = { names: stores.names, waiting: [], putAside: [], loads: undefined };
  try {
    let waiting = await stores.waiting();
    let outcome: Arrival['outcome'] = 'arrived';
    while (waiting.some(({ records }) => records > 0)) {
      outcome = signal.aborted ? 'stopped' : clock.now() - started >= patience ? 'late' : 'arrived';
      if (outcome !== 'arrived') break;
      onWaiting(waiting);
      await clock.wait(LOOK_AGAIN, signal).catch(() => undefined);
      waiting = await stores.waiting();
    }
    const [putAside, loads] = await Promise.all([stores.putAside(since), stores.loads(since)]);
    return { outcome, names: stores.names, waiting, putAside, loads, seconds: (clock.now() - started) / 1000 };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...nothing, outcome: 'unseen', reason, seconds: (clock.now() - started) / 1000 };
  }
}
