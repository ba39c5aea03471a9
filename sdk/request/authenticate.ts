import { platform } from '#sdk/platform';
import { SignatureV4 } from '@smithy/signature-v4';
import { AuthenticationError } from '../errors.ts';

/** Keys of an AWS identity. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** When the keys end; a provider function is then asked again. */
  readonly expiration?: Date;
}

/** Asked before each signed request: a provider that fetches keys must remember them, as those of the AWS SDK do. */
export type CredentialProvider = () => Promise<Credentials>;

/** Who is calling: an API key, an AWS identity in a region, or both. */
export interface Identity {
  readonly apiKey?: string | undefined;
  readonly signing?: { readonly region: string; readonly credentials: Credentials | CredentialProvider } | undefined;
}

type Headers = Readonly<Record<string, string>>;

/** The headers of one attempt, which name the caller. */
export type Authenticate = (kind: 'query' | 'mutation', body: Uint8Array) => Promise<Headers>;

/** With both an API key and credentials, queries use the key, which costs nothing to make, and mutations are signed. */
export function authenticator(url: URL, { apiKey, signing }: Identity): Authenticate {
  const sign = signing === undefined ? undefined : signer(url, signing);

  return async (kind, body) => {
    if (apiKey !== undefined && !(kind === 'mutation' && sign !== undefined)) return withKey(apiKey);
    if (sign === undefined) throw new AuthenticationError('give connect() an apiKey, or credentials', []);
    return sign(body);
  };
}

const withKey = (apiKey: string): Headers => ({ 'content-type': 'application/json', 'x-api-key': apiKey });

/** Signature Version 4 for the service `appsync`. The host is signed and left out: `fetch` writes that header itself. */
export function signer(url: URL, { region, credentials }: NonNullable<Identity['signing']>) {
  const provider = typeof credentials === 'function' ? credentials : () => Promise.resolve(credentials);
  const request = {
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
  };
  const signature = new SignatureV4({
    service: 'appsync',
    region,
    sha256: platform.Sha256,
    credentials: async () => obtain(provider),
  });

  return async (body: Uint8Array): Promise<Headers> => {
    const headers = { host: url.host, 'content-type': 'application/json' };
    const { host: _host, ...rest } = (await signature.sign({ ...request, headers, body })).headers;
    return rest;
  };
}

async function obtain(provider: CredentialProvider): Promise<Credentials> {
  try {
    return await provider();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AuthenticationError(`no AWS credentials: ${reason}; log in to AWS, or give connect() keys`, [], { cause });
  }
}
