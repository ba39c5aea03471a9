import type { SerDeInfo } from '@aws-sdk/client-glue';
import type { ClassifierDefinition } from './definition.ts';
import { classifyCsv } from './crawler-csv.ts';
import { classifyJsonLines } from './crawler-json.ts';
import type { FoundColumn } from './crawler-types.ts';
import { mergedType } from './crawler-types.ts';

/** The beginning of a file, unpacked. */
export interface Sample {
  readonly text: string;
  /** @unit bytes, unpacked */
  readonly bytes: number;
  /** Nothing follows it. */
  readonly isWhole: boolean;
}

/** What a classifier makes of a file. */
export interface FoundSchema {
  readonly classification: 'csv' | 'json' | 'UNKNOWN';
  readonly columns: readonly FoundColumn[];
  /** How many records the sample has. */
  readonly records: number;
  readonly serde: SerDeInfo;
  /** What the table says of the format, such as `delimiter`. */
  readonly parameters: Readonly<Record<string, string>>;
}

const UNKNOWN: FoundSchema = { classification: 'UNKNOWN', columns: [], records: 0, serde: {}, parameters: {} };

/** Custom classifiers in their order, then the built-in ones. @source Glue developer guide, "Built-in classifiers": JSON before CSV */
export function classify(sample: Sample, classifiers: readonly ClassifierDefinition[]): FoundSchema {
  for (const classifier of classifiers) {
    const found = classifyCsv(sample, classifier);
    if (found !== undefined) return found;
  }
  return classifyJsonLines(sample) ?? classifyCsv(sample) ?? UNKNOWN;
}

/** More than this part of the columns must be the same. @source https://repost.aws/knowledge-center/glue-crawler-detect-schema */
const THRESHOLD = 0.7;

/**
 * Whether two files can be one table.
 *
 * @remarks AWS does not say what makes two columns the same. Here it is the name: types are made wide enough for both.
 * @param ignoresColumns - `TableGroupingPolicy: CombineCompatibleSchemas`
 */
export function areSimilar(one: FoundSchema, other: FoundSchema, ignoresColumns: boolean): boolean {
  if (one.classification !== other.classification || one.parameters['delimiter'] !== other.parameters['delimiter']) return false;
  if (ignoresColumns) return true;
  const names = new Set(one.columns.map(({ name }) => name));
  const shared = other.columns.filter(({ name }) => names.has(name)).length;
  const most = Math.max(one.columns.length, other.columns.length);
  return most === 0 || shared / most > THRESHOLD;
}

/** The columns of all, in the order in which they come, wide enough for all. */
export function mergedColumns(all: readonly (readonly FoundColumn[])[]): readonly FoundColumn[] {
  const types = new Map<string, string>();
  for (const { name, type } of all.flat()) types.set(name, mergedType([types.get(name), type]) ?? type);
  return [...types].map(([name, type]) => ({ name, type }));
}
