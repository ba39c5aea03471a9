import { batchOf } from '../../../ingest/warehouse/load-batch.ts';
import type { SqlFile } from '../../../ingest/warehouse/migrations.ts';
import type { WarehouseBatches } from './place.ts';

/** What the loader runs. @param files - those of a folder of `warehouse/`, in the order of their names */
export const loaderBatches = (files: (folder: string) => readonly SqlFile[]): WarehouseBatches => ({
  load: batchOf('load', files('load')),
  loadErrors: batchOf('load-errors', files('load-errors')),
  refresh: batchOf('refresh', files('refresh')),
});
