import { SignatureError, verify, type ReceivedRequest, type SignatureErrorCode } from '../../http/signature-v4.ts';
import type { LocalCredentials } from '../../credentials.ts';
import type { ApiDefinition, AuthenticationMode } from './definition.ts';
import { RequestError } from './errors.ts';

/** Who asks, as resolvers see it. */
export interface Authorized {
  readonly mode: AuthenticationMode;
  /** `ctx.identity`; null for an API key. */
  readonly identity: object | null;
}

/** What a signature is refused with; all have status 403, unlike every other credential. */
const SIGNATURE_ERRORS: Readonly<Record<SignatureErrorCode, string>> = {
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  IncompleteSignature: 'IncompleteSignatureException',
  UnsupportedAlgorithm: 'IncompleteSignatureException',
  InvalidSignature: 'InvalidSignatureException',
  UnrecognizedClient: 'UnrecognizedClientException',
  SignatureExpired: 'InvalidSignatureException',
  PayloadHashMismatch: 'InvalidSignatureException',
};

/** Decides by the shape of its headers which mode a request uses, and whether it may. There is no falling back to another mode. */
export class RequestAuthorization {
  private readonly modes: ReadonlySet<AuthenticationMode>;
  /** When each key expires. @unit seconds since 1970 */
  private readonly keys: ReadonlyMap<string, number>;

  constructor(
    private readonly definition: ApiDefinition,
    private readonly credentials: LocalCredentials,
  ) {
    this.modes = new Set([definition.defaultAuthentication, ...definition.additionalAuthentication]);
    this.keys = new Map(definition.apiKeys.map(({ value, expiresAt }) => [value, expiresAt ?? Number.POSITIVE_INFINITY]));
  }

  /** @throws RequestError 401 `UnauthorizedException`; of a signature 403, in the words of AWS's request signing */
  authorize(request: ReceivedRequest, socket: { readonly remoteAddress?: string | undefined }): Authorized {
    const { authorization, 'x-api-key': apiKey } = request.headers as Record<string, string | undefined>;
    if (authorization?.startsWith('AWS4-HMAC-SHA256') === true) return this.signed(request, socket.remoteAddress ?? '127.0.0.1');
    if (apiKey !== undefined) return this.withKey(apiKey);
    if (authorization === undefined || authorization === '') throw unauthorizedRequest('Missing authorization header');
    throw unauthorizedRequest('Valid authorization header not provided.');
  }

  private withKey(apiKey: string): Authorized {
    this.requireMode('API_KEY');
    const expiresAt = this.keys.get(apiKey);
    if (expiresAt === undefined || expiresAt <= Date.now() / 1000)
      throw unauthorizedRequest('You are not authorized to make this call.');
    return { mode: 'API_KEY', identity: null };
  }

  private signed(request: ReceivedRequest, sourceIp: string): Authorized {
    this.requireMode('AWS_IAM');
    const { accountId, region } = this.definition;
    try {
      const { accessKeyId } = verify(request, { credentials: this.credentials, region, service: 'appsync' });
      const identity = {
        accountId,
        cognitoIdentityPoolId: null,
        cognitoIdentityId: null,
        sourceIp: [sourceIp],
        username: accessKeyId,
        userArn: `arn:aws:iam::${accountId}:user/local`,
        cognitoIdentityAuthType: null,
        cognitoIdentityAuthProvider: null,
      };
      return { mode: 'AWS_IAM', identity };
    } catch (error) {
      if (error instanceof SignatureError) throw new RequestError(403, SIGNATURE_ERRORS[error.code], error.message);
      throw error;
    }
  }

  private requireMode(mode: AuthenticationMode): void {
    if (!this.modes.has(mode))
      throw unauthorizedRequest(`You are not authorized to make this call: the API does not take ${mode}.`);
  }
}

const unauthorizedRequest = (message: string) => new RequestError(401, 'UnauthorizedException', message);
