export { connect, Tillgraph, type CallOptions, type ConnectOptions, type ListOptions } from './client.ts';
export { connectionFrom, LOCAL_OUTPUTS } from './connection.ts';
export {
  AuthenticationError,
  ClosedError,
  ConnectionError,
  EndlessPagesError,
  InvalidConnectionError,
  LineCountError,
  RequestRefusedError,
  ServiceUnavailableError,
  TillgraphError,
  UnreadableAnswerError,
  type Refusal,
} from './errors.ts';
export * from './generated/operations.ts';
export type { CredentialProvider, Credentials } from './links/authenticate.ts';
export { DEFAULT_RETRY, type RetryPolicy } from './links/retry.ts';
export type { SendReceipt } from './send.ts';
