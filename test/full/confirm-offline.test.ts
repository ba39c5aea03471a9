import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { isChecked } from '../../infra/confirm/claim.ts';
import { claims } from '../../infra/confirm/claims.ts';
import { readResults } from '../../infra/confirm/results.ts';
import { startAws } from '../confirm/aws-on-the-wire.ts';

const cwd = join(import.meta.dirname, '..', '..');

test('npm run confirm -- offline asks by real clients, and records only what AWS said', async () => {
  const before = readResults();
  const aws = await startAws();
  const env = {
    ...process.env,
    ...{ AWS_ENDPOINT_URL: aws.url, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' },
  };

  try {
    const { stdout } = await promisify(execFile)('npm', ['run', '-s', 'confirm', '--', 'offline', '--yes'], { cwd, env });

    const count = String(claims.filter(isChecked).filter(({ step }) => step === 'offline').length);
    expect(stdout).toContain(`${count} of ${count} claims hold`);
    expect(readResults()).toEqual(before);
  } finally {
    await aws.close();
  }
});
