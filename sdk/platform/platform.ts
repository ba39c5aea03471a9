import type { SignatureV4Init } from '@smithy/signature-v4';
import type { CredentialProvider } from '../request/authenticate.ts';
import type { Transport } from '../request/transport.ts';

/** What Node and browsers have each in its own way. Which of the two a program gets its bundler or Node decides: `#sdk/platform`. */
export interface Platform {
  /** How requests travel when the caller gives no `fetch`. */
  openTransport(this: void, url: URL): Transport;
  /** SHA-256, also keyed, in the form that the signer asks for. */
  readonly Sha256: Extract<SignatureV4Init['sha256'], new (...secret: never[]) => unknown>;
  /** @throws InvalidConnectionError where there are no files */
  readFile(this: void, name: string): string;
  /** The keys of whoever runs the program; undefined where there are none to find. */
  findCredentials(this: void): CredentialProvider | undefined;
  /** Let one signal end as many calls as there are. */
  allowManyListeners(this: void, signal: AbortSignal): void;
}
