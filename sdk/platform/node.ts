import { createHash, createHmac } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import type { CredentialProvider } from '../request/authenticate.ts';
import { nodeTransport } from '../request/node-transport.ts';
import type { Platform } from './platform.ts';

type Source = string | ArrayBuffer | ArrayBufferView;

/** SHA-256 of node:crypto; a portable one takes about ten times as long. */
class Sha256 {
  readonly #secret: Source | undefined;
  #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: Source) {
    this.#secret = secret;
    this.#hash = Sha256.#start(secret);
  }

  update(chunk: Source): void {
    this.#hash.update(bytesOf(chunk));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = Sha256.#start(this.#secret);
  }

  static #start(secret: Source | undefined) {
    return secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }
}

function bytesOf(source: Source): string | Uint8Array {
  if (typeof source === 'string') return source;
  return source instanceof ArrayBuffer
    ? new Uint8Array(source)
    : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}

/** The chain of AWS is loaded when it is first asked, because most connections never do; it remembers keys until they end. */
function findCredentials(): CredentialProvider {
  let chain: CredentialProvider | undefined;
  return async () => {
    chain ??= await loadChain();
    return chain();
  };
}

async function loadChain(): Promise<CredentialProvider> {
  try {
    return (await import('@aws-sdk/credential-provider-node')).defaultProvider();
  } catch (cause) {
    throw new Error('the usual chain of AWS needs the package @aws-sdk/credential-provider-node: install it', { cause });
  }
}

/** Node. */
export const platform: Platform = {
  openTransport: nodeTransport,
  Sha256,
  readFile: (name) => readFileSync(name, 'utf8'),
  findCredentials,
  allowManyListeners: (signal) => {
    setMaxListeners(0, signal);
  },
};
