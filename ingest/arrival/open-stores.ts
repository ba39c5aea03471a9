import { readFileSync } from 'node:fs';
import { shellQuoted } from '../replay/shell-quoted.ts';
import { localStores, type StoreOutputs } from './local-stores.ts';
import type { OpenedStores } from './stores.ts';

/**
 * The stores behind the API that a file of outputs names: of `npm start`, or of a deployment, whose stores only those may see who have a
 * role there.
 */
export function openStores(outputs: string): OpenedStores {
  const content = JSON.parse(readFileSync(outputs, 'utf8')) as Partial<StoreOutputs> & Readonly<Record<string, unknown>>;
  if (content.endpoints !== undefined && content.stack !== undefined) return { stores: localStores(content as StoreOutputs) };
  const bucket = Object.values(content).flatMap((values) => {
    const { BucketName } = (values ?? {}) as { readonly BucketName?: unknown };
    return typeof BucketName === 'string' ? [BucketName] : [];
  });
  return {
    howToAsk: [
      'behind the door: not seen from here. Accepted lines are on the stream, and in every',
      '  store within seconds, unless one puts them aside. With a role of AWS, ask:',
      `  aws s3 ls --recursive s3://${bucket[0] ?? 'BUCKET'}/rejected/`,
      `  npm run redrive -- --outputs ${shellQuoted([outputs])} --dry-run`,
      '  SELECT reason, COUNT(*) FROM intake.reject GROUP BY reason',
      '',
    ].join('\n'),
  };
}
