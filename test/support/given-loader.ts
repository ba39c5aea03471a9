import { warehouseLoader, type LoaderPorts } from '../../ingest/warehouse/loader.ts';
import { MemoryWarehouse, type MemoryLine } from './memory-warehouse.ts';

export const MINUTE = 60_000;
export const SCHEDULE = { source: 'tillgraph.schedule' };
/** A list of a delivery that Firehose gave up. */
export const FAILED = 'firehose/errors/manifests/2026/11/22/10/stream-1';

/** A warehouse with its loader. @param ports - what it has besides */
export function givenLoader(ports: Pick<LoaderPorts, 'deliveryStream' | 'rawHours'> = {}) {
  const world = new MemoryWarehouse();
  const logged: { level: string; entry: Readonly<Record<string, unknown>> }[] = [];
  let tokens = 0;
  const load = warehouseLoader({
    dataApi: world.dataApi,
    state: world.state,
    lease: world.lease,
    answers: world.answers,
    staged: world.staged,
    deliveries: world.deliveries,
    imports: world.importManifests,
    rebuildSource: world.rebuildSource,
    importJob: world.importJob,
    load: world.load,
    loadErrors: world.loadErrors,
    refresh: world.refresh,
    questions: world.questions,
    stagingPrefix: 'firehose/',
    importPrefix: 'import/',
    ...ports,
    newToken: () => `token-${String(++tokens)}`,
    log: (level, entry) => logged.push({ level, entry: JSON.parse(JSON.stringify(entry)) as Record<string, unknown> }),
  });
  return {
    world,
    logged,
    run: (event: unknown, milliseconds?: number) => load(event, world.clock.run(milliseconds)),
    /** Firehose puts an object, copies it so much later, and EventBridge tells of it. */
    deliver: (lines: readonly MemoryLine[], copyAfter = 300) => {
      const { time } = world.clock;
      world.stagedAt.push(time);
      world.clock.at(time + copyAfter, () => {
        world.copy(lines);
      });
      return created('firehose/2026/11/22/10/object', time);
    },
    /** The bulk job publishes an import, and EventBridge tells of it. */
    publish: (name: string, lines: readonly MemoryLine[]) => {
      const key = `import/manifests/${name}.json`;
      world.imports.set(key, { lines, version: String(world.clock.time) });
      return created(key, world.clock.time);
    },
  };
}

/** The event of an object. */
export const created = (key: string, time: number) => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  time: new Date(time).toISOString(),
  detail: { bucket: { name: 'bucket' }, object: { key, size: 1, etag: 'e' } },
});

/** Lines whose amount is their id. */
export const lines = (...ids: number[]): MemoryLine[] => ids.map((id) => ({ id: String(id), amount: id }));
/** What the stored answers say. */
export const shown = ({ stored }: MemoryWarehouse) =>
  Object.fromEntries([...stored.values()].map(({ question, rows }) => [question, (rows[0] as { value: number }).value]));
