import db from 'dynalite/db/index.js';
import { typeOf } from './model.ts';
import type { AttributeMap, AttributeValue, Index, Input, Table } from './model.ts';
import type { Change } from './store.ts';

/** @unit bytes @source DynamoDB Developer Guide, "Item sizes and formats" */
export function itemBytes(item: AttributeMap): number {
  let bytes = 0;
  for (const name in item) bytes += Buffer.byteLength(name) + valueBytes(item[name] ?? {});
  return bytes;
}

function valueBytes(value: AttributeValue): number {
  const type = typeOf(value);
  const content = value[type];
  switch (type) {
    case 'S':
      return Buffer.byteLength(content as string);
    case 'N':
      return numberBytes(content as string);
    case 'B':
      return Buffer.byteLength(content as string, 'base64');
    case 'SS':
    case 'NS':
    case 'BS':
      return (content as string[]).reduce((bytes, member) => bytes + valueBytes({ [type.charAt(0)]: member }), 0);
    case 'L':
      return (content as AttributeValue[]).reduce((bytes, member) => bytes + 1 + valueBytes(member), 3);
    case 'M':
      return 3 + Object.keys(content as AttributeMap).length + itemBytes(content as AttributeMap);
    default: // NULL, BOOL
      return 1;
  }
}

/**
 * Two digits a byte and one byte for the exponent, with the alignment of digit pairs that dynalite measured on AWS.
 *
 * @param text - a number without an exponent, as it is stored
 */
function numberBytes(text: string): number {
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = text.slice(negative ? 1 : 0).split('.');
  const all = whole + fraction;
  const digits = all.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '').length;
  if (significant === 0) return 1;
  const exponent = whole.length - 1 - (all.length - digits.length);
  const aligned = significant % 2 !== 0 || exponent % 2 !== 0;
  return 1 + Math.ceil(significant / 2) + (aligned ? 0 : 1) + (negative ? 1 : 0);
}

/** @unit write units @source DynamoDB Developer Guide: 1 KB each, at least one */
function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1024));
}

/** Read units: 4 KB each, at least one, half of it when a read may be stale. */
export function readUnits(bytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / 4096)) / (consistent ? 1 : 2);
}

/** One write of one item, known by what was there before and what is there afterwards. */
export interface ItemWrite {
  readonly table: Table;
  /** As dynalite makes it of the primary key. */
  readonly key: string;
  readonly before: AttributeMap | undefined;
  readonly after: AttributeMap | undefined;
}

export interface WriteEffect {
  readonly changes: readonly Change[];
  readonly tableUnits: number;
  readonly indexUnits: readonly { readonly kind: IndexKind; readonly index: string; readonly units: number }[];
}

export type IndexKind = 'GlobalSecondaryIndexes' | 'LocalSecondaryIndexes';
export const INDEX_KINDS: readonly IndexKind[] = ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'];

export const itemsPrefix = (table: string) => `item-${table}~`;
export const indexPrefix = (table: string, index: string) => `index-${table}~${index}~`;

/** The key of an index entry. dynalite's own ends in 24 bits of a hash of the item's key; two items of one index key could collide. */
export function indexKey(item: AttributeMap, table: Table, index: Pick<Index, 'KeySchema'>): string {
  return `${db.createIndexKey(item, table, index.KeySchema)}/${db.createKey(item, table)}`;
}

/** What a write changes on disk, indexes included, and what AWS bills for it. */
export function effectOf({ table, key, before, after }: ItemWrite): WriteEffect {
  const changes: Change[] = [{ key: itemsPrefix(table.TableName) + key, value: after }];
  const indexUnits: { kind: IndexKind; index: string; units: number }[] = [];
  for (const kind of INDEX_KINDS) {
    for (const index of table[kind] ?? []) {
      const units = indexChanges(table, index, { before, after, changes });
      if (units > 0) indexUnits.push({ kind, index: index.IndexName, units });
    }
  }
  const bytes = Math.max(before ? itemBytes(before) : 0, after ? itemBytes(after) : 0);
  return { changes, tableUnits: writeUnits(bytes), indexUnits };
}

/** @source DynamoDB Developer Guide, "Using Global Secondary Indexes", "Write capacity units" */
function indexChanges(
  table: Table,
  index: Index,
  {
    before,
    after,
    changes,
  }: { readonly before: AttributeMap | undefined; readonly after: AttributeMap | undefined; readonly changes: Change[] },
): number {
  const old = before && project(table, index, before);
  const now = after && project(table, index, after);
  const prefix = indexPrefix(table.TableName, index.IndexName);
  const oldKey = old && prefix + indexKey(old, table, index);
  const nowKey = now && prefix + indexKey(now, table, index);
  if (oldKey === nowKey) {
    if (!old || !now || nowKey === undefined || sameContent(old, now)) return 0;
    changes.push({ key: nowKey, value: now });
    return writeUnits(Math.max(itemBytes(old), itemBytes(now)));
  }
  if (oldKey !== undefined) changes.push({ key: oldKey, value: undefined });
  if (nowKey !== undefined) changes.push({ key: nowKey, value: now });
  return (old ? writeUnits(itemBytes(old)) : 0) + (now ? writeUnits(itemBytes(now)) : 0);
}

/** Equal in all members, whatever their order and the realm of the objects. */
function sameContent(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  const members = Object.keys(one);
  if (members.length !== Object.keys(other).length) return false;
  return members.every((member) => sameContent((one as Input)[member], (other as Input)[member]));
}

/** An item as the index holds it; undefined when it lacks a key of the index. */
function project(table: Table, index: Index, item: AttributeMap): AttributeMap | undefined {
  const keys = index.KeySchema.map((key) => key.AttributeName);
  if (keys.some((name) => item[name] === undefined)) return undefined;
  const { ProjectionType, NonKeyAttributes = [] } = index.Projection;
  if (ProjectionType === 'ALL') return item;
  const entry: Record<string, AttributeValue> = {};
  const more = ProjectionType === 'INCLUDE' ? NonKeyAttributes : [];
  for (const name of [...keys, ...table.KeySchema.map((key) => key.AttributeName), ...more]) {
    const value = item[name];
    if (value !== undefined) entry[name] = value;
  }
  return entry;
}

/** How much of its consumption a call wants returned. */
export type Detail = 'TOTAL' | 'INDEXES' | undefined;

export function detailOf(input: Readonly<Record<string, unknown>>): Detail {
  const wanted = input['ReturnConsumedCapacity'];
  return wanted === 'TOTAL' || wanted === 'INDEXES' ? wanted : undefined;
}

/** Adds up what a call consumed, table by table, and says it as DynamoDB does. */
export class Consumption {
  private readonly tables = new Map<string, { table: number; indexes: Map<string, { kind: IndexKind; units: number }> }>();

  /** @param split - transactional calls report read and write units apart */
  constructor(private readonly split?: 'ReadCapacityUnits' | 'WriteCapacityUnits') {}

  addTable(name: string, units: number): void {
    this.of(name).table += units;
  }

  addIndex(name: string, kind: IndexKind, index: string, units: number): void {
    const { indexes } = this.of(name);
    indexes.set(index, { kind, units: (indexes.get(index)?.units ?? 0) + units });
  }

  /** @param factor - what a table write counts; 2 in transactions. What that means for indexes AWS does not say: they count once here. */
  addWrite(name: string, effect: WriteEffect, factor = 1): void {
    this.addTable(name, effect.tableUnits * factor);
    for (const { kind, index, units } of effect.indexUnits) this.addIndex(name, kind, index, units);
  }

  /** One entry per table; nothing when it was not asked for. */
  toWire(detail: Detail): Record<string, unknown>[] | undefined {
    if (detail === undefined) return undefined;
    return [...this.tables].map(([TableName, { table, indexes }]) => {
      const total = [...indexes.values()].reduce((sum, index) => sum + index.units, table);
      const capacity: Record<string, unknown> = { TableName, ...this.units(total) };
      if (detail === 'TOTAL') return capacity;
      capacity['Table'] = this.units(table);
      for (const [index, { kind, units }] of indexes) {
        capacity[kind] = { ...(capacity[kind] as object | undefined), [index]: this.units(units) };
      }
      return capacity;
    });
  }

  private units(units: number): Record<string, number> {
    return { CapacityUnits: units, ...(this.split !== undefined && { [this.split]: units }) };
  }

  private of(name: string) {
    let consumed = this.tables.get(name);
    if (!consumed) this.tables.set(name, (consumed = { table: 0, indexes: new Map() }));
    return consumed;
  }
}
