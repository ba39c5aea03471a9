import { codeError, FieldError } from './errors.ts';
import type { Realm } from './realm.ts';

// Handlers take and give values, not references: what JSON cannot carry is lost, as on AWS, where each evaluation is remote.

/** Largest value that a handler may take or give. @unit bytes of JSON @source AppSync quotas, "evaluated object" */
const MAX_EVALUATED_BYTES = 5 * 1024 * 1024;

/** A UTF-16 unit takes at most three bytes of UTF-8, or six when JSON escapes it: below this no value can be too large. */
const CERTAINLY_SMALL = MAX_EVALUATED_BYTES / 6;

const MAX_DEPTH = 500;

let size = 0;

/** A copy of JSON's meaning of a value, made in the resolvers' world. */
export function copy(realm: Realm, value: unknown): unknown {
  return copyValue(realm, value, 0) ?? null;
}

function copyValue(realm: Realm, value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'object':
      break;
    default:
      return undefined;
  }
  if (value === null) return null;
  if (depth > MAX_DEPTH) throw codeError('the value is nested too deeply, or contains itself');
  if (Array.isArray(value)) {
    const list = realm.array();
    for (const item of value) list.push(copyValue(realm, item, depth + 1) ?? null);
    return list;
  }
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return copyValue(realm, (value.toJSON as () => unknown)(), depth + 1);
  const object = realm.object();
  for (const key of Object.keys(value)) {
    const own = copyValue(realm, (value as Record<string, unknown>)[key], depth + 1);
    if (own !== undefined) setProperty(object, key, own);
  }
  return object;
}

/** Sets a property also when its name is `__proto__`. */
export function setProperty(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  else object[key] = value;
}

/**
 * What a handler returned, as JSON would carry it: the very value when that makes no difference, else a copy.
 *
 * @throws FieldError when it is larger than 5 MB
 */
export function settle(realm: Realm, value: unknown, label: string): unknown {
  if (value === undefined || value === null) return null;
  size = 0;
  const settled = isPlain(value, 0) ? value : copy(realm, value);
  checkSize(settled, size, label);
  return settled;
}

/** A copy of what a handler returned, for those who go on with it while the handler's context lives. */
export function settledCopy(realm: Realm, value: unknown, label: string): unknown {
  if (value === undefined || value === null || typeof value !== 'object') return settle(realm, value, label);
  const copied = copy(realm, value);
  size = 0;
  isPlain(copied, 0);
  checkSize(copied, size, label);
  return copied;
}

function checkSize(value: unknown, estimate: number, label: string): void {
  if (estimate <= CERTAINLY_SMALL) return;
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > MAX_EVALUATED_BYTES) {
    const reason = `${label}: an evaluated object may have ${String(MAX_EVALUATED_BYTES)} bytes of JSON: this one has ${String(bytes)}`;
    throw new FieldError('MappingTemplate', 'Transformation too large', { cause: new RangeError(reason) });
  }
}

/** Whether JSON would carry the value unchanged; adds its characters to `size`, generously. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
      size += value.length + 3;
      return true;
    case 'boolean':
      size += 6;
      return true;
    case 'number':
      size += 8;
      return Number.isFinite(value);
    case 'object':
      break;
    default:
      return false;
  }
  if (value === null) {
    size += 5;
    return true;
  }
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    size += 2;
    for (const item of value) if (!isPlain(item, depth + 1)) return false;
    return true;
  }
  size += 2;
  for (const key in value) {
    size += key.length + 4;
    if (!isPlain((value as Record<string, unknown>)[key], depth + 1)) return false;
  }
  return true;
}
