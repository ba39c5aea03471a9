import { ServiceError } from '../../errors.ts';

/** One value as it travels: `{ "S": "…" }`, `{ "N": "1.5" }`, `{ "M": { … } }`. */
export type AttributeValue = Readonly<Record<string, unknown>>;
/** An item, or a key of one. */
export type AttributeMap = Readonly<Record<string, AttributeValue>>;

export type KeySchema = readonly { readonly AttributeName: string; readonly KeyType: string }[];

export interface Index {
  readonly IndexName: string;
  readonly KeySchema: KeySchema;
  readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
  readonly [detail: string]: unknown;
}

/** A table as DescribeTable shows it. */
export interface Table {
  readonly TableName: string;
  readonly TableStatus: string;
  readonly TableArn: string;
  readonly KeySchema: KeySchema;
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly GlobalSecondaryIndexes?: readonly Index[];
  readonly LocalSecondaryIndexes?: readonly Index[];
  readonly [detail: string]: unknown;
}

/** The body of a call, not yet checked. */
export type Input = Readonly<Record<string, unknown>>;

export type Effect = 'unavailable' | 'unavailable-after' | 'throttle' | 'partial';

const NAMESPACE = 'com.amazonaws.dynamodb.v20120810#';

/** A refusal with the name space that DynamoDB writes before its own errors. */
export function dynamoDbError(code: string, message: string, fields: Readonly<Record<string, unknown>> = {}): ServiceError {
  return new ServiceError(`${NAMESPACE}${code}`, message, 400, { fields });
}

export function validationError(message: string): ServiceError {
  return new ServiceError('com.amazon.coral.validate#ValidationException', message);
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The type of a value, such as `S`. */
export function typeOf(value: AttributeValue): string {
  for (const type in value) return type;
  return '';
}
