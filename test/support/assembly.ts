import { join } from 'node:path';
import { synthesize } from '@tillgraph/local-aws';

const root = join(import.meta.dirname, '..', '..');

/** Bundle and synthesize once before all tests, so that they run what would be deployed; nothing when no source has changed. */
export default async function setup(): Promise<void> {
  await synthesize(root, { accountId: '000000000000', region: 'us-east-1' }, (line) => {
    console.log(line);
  });
}
