import { ConnectionError, ServiceUnavailableError, type Tillgraph } from '../../sdk/index.ts';
import type { Destination } from './replay.ts';

/**
 * The API as a destination.
 *
 * @param name - what tells it from another one when a replay is resumed
 * @remarks The replay has its own patience and counts what goes out again, so the client's retries are switched off.
 */
export const through = (client: Pick<Tillgraph, 'sendTransactions'>, name: string): Destination => ({
  name,
  send: (lines, signal) => client.sendTransactions(lines, { signal, retry: false }),
  passes: (error) => error instanceof ConnectionError || error instanceof ServiceUnavailableError,
});
