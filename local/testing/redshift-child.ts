import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { startRedshift } from '../services/redshift/service.ts';

// A process that can be killed: it runs the warehouse of its first argument on the port of the second, and tells its parent where.
// A message { copy: file } lets it COPY that file into public.landing without end; SIGINT lets it close.
const [, , directory = '', port = '0'] = process.argv;
const objects = {
  read: async (_bucket: string, key: string) => (key === 'endless' ? Readable.from(endless()) : createReadStream(key)),
  list: async (_bucket: string, key: string) => [{ key, size: key === 'endless' ? 1 : statSync(key).size }],
  write: () => Promise.reject(new Error('nothing is written')),
};

async function* endless(): AsyncGenerator<Buffer> {
  for (let block = 0; ; block += 1) {
    yield Buffer.from(`{"line":"${'x'.repeat(500)}"}\n`.repeat(1000));
    if (block === 20) process.send?.({ copying: true });
  }
}

try {
  const service = await startRedshift({
    directory,
    port: Number(port),
    adminPassword: 'Secret-of-tests-1',
    objects,
    log: (line) => process.send?.({ line }),
  });
  await service.ensureDatabase('shop');
  process.on('SIGINT', () => {
    void service.close().then(() => process.exit(0));
  });
  process.on('message', () => {
    void service.openSession({ database: 'shop', user: 'administrator' }).then(async (session) => {
      await session.run(`COPY landing FROM 's3://bucket/endless' IAM_ROLE default JSON 'auto'`);
    });
  });
  process.send?.({ port: service.port });
} catch (error) {
  process.send?.({ error: (error as Error).message });
  process.disconnect();
}
