export { connect, Tillgraph } from './client.ts';
export { connectionFrom, LOCAL_OUTPUTS } from './connection.ts';
export {
  AnswerPendingError,
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
  WarehouseFailedError,
  type Refusal,
} from './errors.ts';
export * from './generated/operations.ts';
export type { CredentialProvider, Credentials } from './links/authenticate.ts';
export { DEFAULT_RETRY, type RetryPolicy } from './links/retry.ts';
export type { CallOptions, ConnectOptions, ListOptions, WarehouseOptions } from './options.ts';
export type { SendReceipt } from './send.ts';
export type { AnyWarehouseAnswer, WarehouseAnswer } from './warehouse.ts';
