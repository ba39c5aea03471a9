import type { ItemWrite } from './capacity.ts';
import type { AttributeValue, Input } from './model.ts';

interface CollectionMetrics {
  readonly ItemCollectionKey: Readonly<Record<string, AttributeValue | undefined>>;
  readonly SizeEstimateRangeGB: readonly [least: number, most: number];
}

/**
 * `ItemCollectionMetrics` by table, if they are asked for: of tables with local indexes alone.
 *
 * @remarks The estimate is always 0 to 1 GB, as on AWS for a collection of that size; it is not measured here.
 */
export function metricsOf(writes: readonly ItemWrite[], input: Input): Record<string, CollectionMetrics[]> | undefined {
  if (input['ReturnItemCollectionMetrics'] !== 'SIZE') return undefined;
  const metrics: Record<string, CollectionMetrics[]> = {};
  for (const { table, before, after } of writes) {
    const [key] = table.KeySchema;
    if (key === undefined || (table.LocalSecondaryIndexes ?? []).length === 0) continue;
    const item = after ?? before;
    if (item === undefined) continue; // nothing was there to delete
    const ItemCollectionKey = { [key.AttributeName]: item[key.AttributeName] };
    (metrics[table.TableName] ??= []).push({ ItemCollectionKey, SizeEstimateRangeGB: [0, 1] });
  }
  return Object.keys(metrics).length === 0 ? undefined : metrics;
}
