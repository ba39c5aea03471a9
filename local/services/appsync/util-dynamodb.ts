import { codeError } from './errors.ts';
import type { Realm } from './realm.ts';
import { setProperty } from './values.ts';

/** A DynamoDB attribute value as APPSYNC_JS writes it: numbers stay numbers. */
export type TypedValue = Record<string, unknown>;

/** `util.dynamodb`: plain values to typed ones, made in the resolvers' world. */
export function dynamodbUtil(realm: Realm) {
  const typed = (type: string, value: unknown): TypedValue => {
    const object = realm.object();
    object[type] = value;
    return object;
  };

  const toDynamoDB = (value: unknown): TypedValue => {
    switch (typeof value) {
      case 'string':
        return typed('S', value);
      case 'number':
        return typed('N', value);
      case 'boolean':
        return typed('BOOL', value);
      case 'object':
        if (value === null) return typed('NULL', null);
        return Array.isArray(value) ? toList(value) : toMap(value);
      case 'undefined':
        return typed('NULL', null);
      default:
        throw codeError(`util.dynamodb.toDynamoDB: a ${typeof value} is no DynamoDB value`);
    }
  };

  const toList = (values: readonly unknown[]): TypedValue => {
    const list = realm.array();
    for (const value of values) list.push(toDynamoDB(value));
    return typed('L', list);
  };

  const toMapValues = (value: object): TypedValue => {
    const object = realm.object();
    const given = value as Record<string, unknown>;
    for (const key in given) {
      const own = given[key];
      if (own !== undefined) setProperty(object, key, toDynamoDB(own));
    }
    return object;
  };

  const toMap = (value: object): TypedValue => typed('M', toMapValues(value));

  const optional =
    (type: string) =>
    (value: unknown): TypedValue | null =>
      value === null || value === undefined ? null : typed(type, value);

  const optionalSet =
    (type: string) =>
    (values: readonly unknown[] | null | undefined): TypedValue | null => {
      if (values === null || values === undefined) return null;
      const list = realm.array();
      for (const value of values) list.push(value);
      return typed(type, list);
    };

  return {
    toDynamoDB,
    toString: optional('S'),
    toStringSet: optionalSet('SS'),
    toNumber: optional('N'),
    toNumberSet: optionalSet('NS'),
    toBinary: optional('B'),
    toBinarySet: optionalSet('BS'),
    toBoolean: optional('BOOL'),
    toNull: (): TypedValue => typed('NULL', null),
    toList: (values: readonly unknown[] | null | undefined) => (values === null || values === undefined ? null : toList(values)),
    toMap: (value: object | null | undefined) => (value === null || value === undefined ? null : toMap(value)),
    toMapValues: (value: object | null | undefined) => (value === null || value === undefined ? null : toMapValues(value)),
    toS3Object: (key: string, bucket: string, region: string, version?: string): TypedValue =>
      typed('S', JSON.stringify({ s3: { key, bucket, region, ...(version === undefined ? {} : { version }) } })),
    fromS3ObjectJson: (text: string): unknown => {
      try {
        return (realm.parse(text) as { s3?: unknown }).s3 ?? null;
      } catch (cause) {
        throw codeError('util.dynamodb.fromS3ObjectJson: write the text that toS3Object made', cause);
      }
    },
  };
}
