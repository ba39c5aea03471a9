export { LINE_FAILURE_CODES, REFUSAL_TYPES, type LineFailureCode, type RefusalType } from './answers.ts';
export { connect, Tillgraph } from './client.ts';
export { connectionFrom, LOCAL_OUTPUTS } from './connection.ts';
export type { TypedDocument } from './document.ts';
export {
  AnswerPendingError,
  AuthenticationError,
  ClosedError,
  ConnectionError,
  EndlessPagesError,
  ERROR_CODES,
  InvalidConnectionError,
  InvalidMoneyError,
  isTillgraphError,
  LineCountError,
  RequestRefusedError,
  ServiceUnavailableError,
  TillgraphError,
  UnreadableAnswerError,
  WarehouseFailedError,
  type AnyTillgraphError,
  type ErrorCode,
  type Refusal,
} from './errors.ts';
export * from './generated/operations.ts';
export type { Hooks, RequestEvent, ResponseEvent, RetryEvent } from './hooks.ts';
export {
  addMoney,
  compareMoney,
  formatMoney,
  multiplyMoney,
  parseMoney,
  subtractMoney,
  toMoney,
  type Money,
  type MoneyFormat,
} from './money.ts';
export type { CallOptions, ConnectOptions, ListOptions, WarehouseOptions } from './options.ts';
export type { CredentialProvider, Credentials } from './request/authenticate.ts';
export { DEFAULT_RETRY, type RetryPolicy } from './request/retry.ts';
export type { SalesQuestion, SalesRow, SalesSort } from './rows.ts';
export type { LineFailure, SendReceipt } from './send.ts';
export type { AnyWarehouseAnswer, WarehouseAnswer } from './warehouse.ts';
