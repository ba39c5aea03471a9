import { STREAM_UNAVAILABLE, THROTTLED } from '../domain/receipt.ts';

/** Any other text, without hiding the known ones from an editor's completion. */
type OtherText = string & Record<never, never>;

/** Why a field was refused (`errorType`), as far as the reasons are ours; docs/sdk.md says what to do about each. */
export const REFUSAL_TYPES = [
  'InvalidToken',
  'InvalidValue',
  'InvoiceChanged',
  'StoreUnavailable',
  'StreamRefused',
  'Unauthorized',
  'UnknownResult',
  'WarehouseAbsent',
  'WarehouseFailed',
  'WarehouseRefused',
  'WarehouseUnavailable',
] as const;

/** AppSync has others of its own, such as `ValidationError`. */
export type RefusalType = (typeof REFUSAL_TYPES)[number] | OtherText;

/** Why a line was not taken (`code` in a receipt's `failed`). */
export const LINE_FAILURE_CODES = ['InvalidValue', STREAM_UNAVAILABLE, THROTTLED] as const;

export type LineFailureCode = (typeof LINE_FAILURE_CODES)[number] | OtherText;
