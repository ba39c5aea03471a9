import { InvalidConnectionError } from '../errors.ts';
import { fetchTransport } from '../request/transport.ts';
import type { Platform } from './platform.ts';

type Source = string | ArrayBuffer | ArrayBufferView;

/** SHA-256 of Web Crypto, which takes its input at once. */
class Sha256 {
  readonly #secret: Source | undefined;
  #parts: Uint8Array[] = [];

  constructor(secret?: Source) {
    this.#secret = secret;
  }

  update(chunk: Source): void {
    this.#parts.push(bytesOf(chunk));
  }

  async digest(): Promise<Uint8Array> {
    const whole = joined(this.#parts);
    const { subtle } = crypto;
    if (this.#secret === undefined) return new Uint8Array(await subtle.digest('SHA-256', whole));
    const key = await subtle.importKey('raw', joined([bytesOf(this.#secret)]), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ]);
    return new Uint8Array(await subtle.sign('HMAC', key, whole));
  }

  reset(): void {
    this.#parts = [];
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    whole.set(part, end);
    end += part.length;
  }
  return whole;
}

function bytesOf(source: Source): Uint8Array {
  if (typeof source === 'string') return new TextEncoder().encode(source);
  return source instanceof ArrayBuffer
    ? new Uint8Array(source)
    : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}

/** Browsers, and whatever else has `fetch` and Web Crypto. */
export const platform: Platform = {
  openTransport: (url) => fetchTransport(url, (...request) => globalThis.fetch(...request)),
  Sha256,
  readFile: (name) => {
    throw new InvalidConnectionError(`"${name}" cannot be read here: give connectionFrom() what stands in the file`);
  },
  findCredentials: () => undefined,
  allowManyListeners: () => undefined,
};
