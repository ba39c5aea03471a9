import { ConnectionError, ServiceUnavailableError, type ConnectOptions, type Tillgraph } from '../../sdk/index.ts';
import type { Destination } from './replay.ts';

/**
 * The API as a destination.
 *
 * @param name - what tells it from another one when a replay is resumed, together with its identity
 * @remarks The replay has its own patience and counts what goes out again, so the client's retries are switched off.
 */
export const sendThrough = (client: Pick<Tillgraph, 'sendTransactions'>, name: string, identity = name): Destination => ({
  name,
  identity,
  send: (lines, signal) => client.sendTransactions(lines, { signal, retry: false }),
  passes: (error) => error instanceof ConnectionError || error instanceof ServiceUnavailableError,
});

/**
 * What tells a stack from the one before it.
 *
 * @remarks A local stack makes up its access key with its state, and keeps it as long as that; AWS gives each API a new address.
 */
export const destinationIdentity = ({ url, credentials }: ConnectOptions): string =>
  typeof credentials === 'object' ? credentials.accessKeyId : url;
