import db from 'dynalite/db/index.js';
import type { DynaliteFailure } from 'dynalite/db/index.js';
import type { Action } from './engine.ts';
import { checkNesting } from './limits.ts';
import { typeOf, validationError } from './model.ts';
import type { AttributeMap, AttributeValue, Table } from './model.ts';
import { sumOf } from './numbers.ts';
import { memberOf, pickPaths, readPath } from './paths.ts';
import type { Path } from './paths.ts';

/** One clause of an update expression, as dynalite's parser makes it. */
interface Section {
  readonly type: 'set' | 'remove' | 'add' | 'delete';
  readonly path: Path;
  readonly val?: unknown;
}

interface Updates {
  readonly sections: readonly Section[];
  readonly paths: readonly Path[];
  readonly nestedPaths?: unknown;
}

/** One attribute's update from before there were expressions. */
interface LegacyUpdate {
  readonly Action?: 'PUT' | 'ADD' | 'DELETE';
  readonly Value?: AttributeValue;
}

interface Checked {
  readonly TableName: string;
  readonly Key: AttributeMap;
  readonly ReturnValues?: string;
  readonly _updates?: Updates;
  readonly AttributeUpdates?: Readonly<Record<string, LegacyUpdate>>;
}

/** As much of dynalite's store as an action needs; everything calls back at once. */
interface ActionStore {
  getTable(name: string, callback: (error: Error | null, table?: Table) => void): void;
  getItemDb(table: string): {
    get(key: string, callback: (error: Error | null, item?: AttributeMap) => void): void;
    put(key: string, item: AttributeMap, callback: (error: Error | null) => void): void;
  };
}

const WRONG_TYPE = 'An operand in the update expression has an incorrect data type';

/**
 * UpdateItem, in the place of dynalite's action of that name.
 *
 * @remarks Every operand and every place in a list is that of the item as it was before. Nothing of that item is written into: what
 * changes is copied first.
 */
export const updateItem: Action = (store, input, callback) => {
  let answer: Record<string, unknown>;
  try {
    answer = updated(store as ActionStore, input as unknown as Checked);
  } catch (error) {
    callback(error as Error);
    return;
  }
  callback(null, answer);
};

function updated(store: ActionStore, checked: Checked): Record<string, unknown> {
  const { Key: key, _updates: updates, AttributeUpdates: legacy, ReturnValues: wanted } = checked;
  const table = runNow<Table>((done) => {
    store.getTable(checked.TableName, done);
  });
  if (table === undefined) throw new Error(`no table ${checked.TableName}`);
  refuse(db.validateKey(key, table) ?? db.validateUpdates(legacy, updates, table));
  const items = store.getItemDb(table.TableName);
  const place = db.createKey(key, table);
  const before = runNow<AttributeMap>((done) => {
    items.get(place, done);
  });
  refuse(db.checkConditional(checked, before));

  const item = before ?? key;
  const after = updates ? withSections(updates.sections, item) : withLegacyUpdates(legacy ?? {}, item);
  refuseIndexKeys(after, table);
  if (updates?.paths.some((path) => path.length > 1) === true) checkNesting(after);
  runNow((done) => {
    items.put(place, after, done);
  });
  const paths = updates?.paths ?? Object.keys(legacy ?? {}).map((name) => [name]);
  const attributes = returned(wanted, before, after, paths);
  return attributes === undefined || Object.keys(attributes).length === 0 ? {} : { Attributes: attributes };
}

function returned(wanted: string | undefined, before: AttributeMap | undefined, after: AttributeMap, paths: readonly Path[]) {
  if (wanted === 'ALL_OLD') return before;
  if (wanted === 'ALL_NEW') return after;
  if (wanted === 'UPDATED_OLD') return before && pickPaths(paths, before);
  if (wanted === 'UPDATED_NEW') return pickPaths(paths, after);
  return undefined;
}

function runNow<T>(call: (done: (error: Error | null, found?: T) => void) => void): T | undefined {
  let answer: T | undefined;
  call((error, found) => {
    if (error) throw error;
    answer = found;
  });
  return answer;
}

function refuse(failure: Error | DynaliteFailure | null | undefined): void {
  if (failure) throw failure;
}

/** A copy of an item with the updates of an expression. */
function withSections(sections: readonly Section[], before: AttributeMap): AttributeMap {
  const writes: { path: Path; value: AttributeValue }[] = [];
  const removals: Path[] = [];
  for (const section of sections) {
    const value = valueAfter(section, before);
    if (value !== undefined) writes.push({ path: section.path, value });
    else if (section.type === 'remove' || readPath(section.path, before) !== undefined) removals.push(section.path);
  }
  const draft = new Draft(before);
  for (const { path } of sections) draft.parentOf(path);
  // What lies beyond the end of a list is appended in the order of its places; what goes, goes from the end.
  for (const { path, value } of writes.sort((one, other) => comparePaths(one.path, other.path))) draft.set(path, value);
  for (const path of removals.sort((one, other) => comparePaths(other, one))) draft.remove(path);
  return draft.item;
}

/** What a clause leaves at its path; undefined when that is nothing. */
function valueAfter({ type, path, val }: Section, before: AttributeMap): AttributeValue | undefined {
  if (type === 'remove') return undefined;
  if (type === 'set') return resolve(val, before);
  const [existing, operand] = [readPath(path, before), val as AttributeValue];
  const of = typeOf(operand);
  if (existing !== undefined && typeOf(existing) !== of) throw validationError(WRONG_TYPE);
  if (type === 'add' && of === 'N') return { N: sumOf((existing?.['N'] ?? '0') as string, operand['N'] as string) };
  const [members, others] = [(existing?.[of] ?? []) as string[], operand[of] as string[]];
  if (type === 'add') return { [of]: [...new Set([...members, ...others])] };
  const left = members.filter((member) => !others.includes(member));
  return left.length === 0 ? undefined : { [of]: left };
}

interface Operation {
  readonly type: string;
  readonly name?: string;
  readonly args: readonly unknown[];
}

/** The value of an operand of SET. */
function resolve(operand: unknown, before: AttributeMap): AttributeValue {
  if (Array.isArray(operand)) {
    const value = readPath(operand as Path, before);
    if (value === undefined)
      throw validationError('The provided expression refers to an attribute that does not exist in the item');
    return value;
  }
  const { type, name, args } = operand as Operation;
  if (type === 'add' || type === 'subtract') {
    const [one, other] = args.map((arg) => memberNamed('N', resolve(arg, before)) as string);
    return { N: sumOf(one ?? '', other ?? '', type === 'add' ? 1 : -1) };
  }
  if (type !== 'function') return operand as AttributeValue;
  if (name === 'if_not_exists') return readPath(args[0] as Path, before) ?? resolve(args[1], before);
  return { L: args.flatMap((arg) => memberNamed('L', resolve(arg, before)) as AttributeValue[]) };
}

function memberNamed(type: string, value: AttributeValue): unknown {
  if (value[type] === undefined) throw validationError(WRONG_TYPE);
  return value[type];
}

/** Paths in the order of their lists' places. No two of one expression overlap: the parser refuses that. */
function comparePaths(one: Path, other: Path): number {
  const at = one.findIndex((piece, index) => piece !== other[index]);
  const [mine, others] = [one[at], other[at]];
  if (typeof mine === 'number' && typeof others === 'number') return mine - others;
  return String(mine) < String(others) ? -1 : 1;
}

/** An item that is being changed: attributes are copied before anything within them is. */
class Draft {
  readonly item: Record<string, AttributeValue>;
  private readonly copied = new Set<string>();

  constructor(before: AttributeMap) {
    this.item = { ...before };
  }

  /** @throws ServiceError when there is no such map or list */
  parentOf(path: Path): AttributeValue {
    const [head, ...rest] = path;
    const last = rest.pop();
    if (last === undefined) return { M: this.item };
    const name = String(head);
    let parent: AttributeValue | undefined = this.copyOf(name);
    for (const piece of rest) parent = parent && memberOf(parent, piece);
    const members = parent?.[typeof last === 'number' ? 'L' : 'M'];
    if (parent === undefined || members === undefined)
      throw validationError('The document path provided in the update expression is invalid for update');
    return parent;
  }

  set(path: Path, value: AttributeValue): void {
    const [parent, last] = [this.parentOf(path), path.at(-1)];
    if (typeof last !== 'number') {
      define(parent['M'] as Record<string, AttributeValue>, String(last), value);
      return;
    }
    const list = parent['L'] as AttributeValue[];
    if (last < list.length) list[last] = value;
    else list.push(value);
  }

  remove(path: Path): void {
    const [parent, last] = [this.parentOf(path), path.at(-1)];
    if (typeof last === 'number') (parent['L'] as AttributeValue[]).splice(last, 1);
    else Reflect.deleteProperty(parent['M'] as object, String(last));
  }

  private copyOf(name: string): AttributeValue | undefined {
    const value = memberOf({ M: this.item }, name);
    if (value === undefined || this.copied.has(name)) return value;
    this.copied.add(name);
    const copy = structuredClone(value);
    define(this.item, name, copy);
    return copy;
  }
}

/** As an own member, whatever its name. */
function define(members: Record<string, AttributeValue>, name: string, value: AttributeValue): void {
  Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true });
}

function refuseIndexKeys(item: AttributeMap, table: Table): void {
  const types = new Map(table.AttributeDefinitions.map((one) => [one.AttributeName, one.AttributeType]));
  for (const { KeySchema } of [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])]) {
    for (const { AttributeName: name } of KeySchema) {
      const value = memberOf({ M: item }, name);
      if (value === undefined || typeOf(value) === types.get(name)) continue;
      throw validationError('The update expression attempted to update the secondary index key to unsupported type');
    }
  }
}

function withLegacyUpdates(updates: Readonly<Record<string, LegacyUpdate>>, before: AttributeMap): AttributeMap {
  const { item } = new Draft(before);
  for (const [name, { Action: action = 'PUT', Value: value }] of Object.entries(updates)) {
    const left = action === 'PUT' ? value : legacyValue(action, memberOf({ M: before }, name), value);
    if (left === undefined) Reflect.deleteProperty(item, name);
    else define(item, name, left);
  }
  return item;
}

function legacyValue(action: 'ADD' | 'DELETE', existing: AttributeValue | undefined, value: AttributeValue | undefined) {
  if (value === undefined) return undefined; // DELETE of the whole attribute
  const type = typeOf(value);
  if (existing !== undefined && typeOf(existing) !== type) throw validationError('Type mismatch for attribute to update');
  if (action === 'ADD' && type === 'N') return { N: sumOf((existing?.['N'] ?? '0') as string, value['N'] as string) };
  const [members, others] = [(existing?.[type] ?? []) as unknown[], value[type] as unknown[]];
  if (action === 'ADD') return { [type]: type === 'L' ? [...members, ...others] : [...new Set([...members, ...others])] };
  const left = members.filter((member) => !others.includes(member));
  return left.length === 0 ? undefined : { [type]: left };
}
