import { malformedRequest } from './errors.ts';
import type { Realm } from './realm.ts';
import type { TypedValue } from './util-dynamodb.ts';
import { setProperty } from './values.ts';

/** An item or key as DynamoDB sends it: numbers are strings. */
export type WireItem = Record<string, WireValue>;
type WireValue = Record<string, unknown>;

/** Typed values of a resolver's request as DynamoDB takes them. @throws FieldError `MappingTemplate` */
export function toWireItem(item: unknown, field: string): WireItem {
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    throw malformedRequest(`Value for field '$[${field}]' not found, or not an object.`);
  const wire: WireItem = {};
  for (const [name, value] of Object.entries(item)) setProperty(wire, name, toWireValue(value, `${field}][${name}`));
  return wire;
}

function toWireValue(value: unknown, field: string): WireValue {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value as TypedValue) : [];
  const [[type, content] = []] = entries;
  if (type === undefined || entries.length !== 1) {
    throw malformedRequest(
      `Value for field '$[${field}]' must be one typed value, such as {"S": "…"}: got ${JSON.stringify(value)}`,
    );
  }
  switch (type) {
    case 'S':
    case 'B':
      if (typeof content !== 'string') break;
      return { [type]: content };
    case 'N':
      if (typeof content !== 'number' && typeof content !== 'string') break;
      return { N: String(content) };
    case 'BOOL':
      if (typeof content !== 'boolean') break;
      return { BOOL: content };
    case 'NULL':
      return { NULL: true };
    case 'SS':
    case 'BS':
    case 'NS':
      if (!Array.isArray(content)) break;
      return { [type]: content.map(String) };
    case 'L':
      if (!Array.isArray(content)) break;
      return { L: content.map((own, i) => toWireValue(own, `${field}][${String(i)}`)) };
    case 'M':
      return { M: toWireItem(content, field) };
    default:
      throw malformedRequest(
        `Value for field '$[${field}]' has the type '${type}': there are S, N, B, BOOL, NULL, SS, NS, BS, L and M`,
      );
  }
  throw malformedRequest(`Value for field '$[${field}]' of type ${type} cannot be ${JSON.stringify(content)}`);
}

/** An item as resolvers see it, made in their world. */
export function fromWireItem(realm: Realm, item: WireItem): Record<string, unknown> {
  const object = realm.object();
  for (const name in item) {
    const value = item[name];
    if (value !== undefined) setProperty(object, name, fromWireValue(realm, value));
  }
  return object;
}

function fromWireValue(realm: Realm, value: WireValue): unknown {
  for (const type in value) {
    const content = value[type];
    switch (type) {
      case 'S':
      case 'B':
      case 'BOOL':
        return content;
      case 'N':
        return Number(content);
      case 'NULL':
        return null;
      case 'M':
        return fromWireItem(realm, content as WireItem);
      case 'L':
      case 'SS':
      case 'BS':
      case 'NS':
        return fromWireList(realm, type, content as unknown[]);
    }
  }
  return null;
}

function fromWireList(realm: Realm, type: string, content: readonly unknown[]): unknown[] {
  const list = realm.array();
  for (const own of content) {
    if (type === 'L') list.push(fromWireValue(realm, own as WireValue));
    else list.push(type === 'NS' ? Number(own) : own);
  }
  return list;
}
