import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOCAL } from '@tillgraph/local-aws/testing/remote';
import { startS3, type S3Service } from '@tillgraph/local-aws';
import { installPythonPackage } from '../../support/python-package.ts';

// The libraries by which programs in Python use S3, as they come from PyPI. boto3 and PyArrow, which has the AWS SDK for C++ inside, come
// with awswrangler.

const WRANGLER = 'awswrangler==3.17.1';
const EXPECTED: Readonly<Record<string, { readonly requirement: string; readonly answers: Readonly<Record<string, unknown>> }>> =
  {
    pyarrow: {
      requirement: WRANGLER,
      answers: {
        'a small file': 1024 * 1024,
        'a file in parts': 12 * 1024 * 1024,
        folders: ['bucket/arrow/folder', 'bucket/arrow/folder/moved', 'bucket/arrow/large', 'bucket/arrow/small'],
        'nothing is left': 'NotFound',
      },
    },
    boto3: {
      requirement: WRANGLER,
      answers: {
        objects: ['boto/a', 'boto/b/c', 'boto/d'],
        'pages of version 1': [['boto/a'], ['boto/b/'], ['boto/d']],
        versions: [
          ['boto/a', 'null'],
          ['boto/b/c', 'null'],
          ['boto/d', 'null'],
        ],
        uploads: [['boto/upload', 'boto/upload'], []],
        grants: ['FULL_CONTROL'],
        'grants of an object': ['FULL_CONTROL'],
        versioning: null,
        tags: 'NoSuchTagSet',
        lifecycle: 'NoSuchLifecycleConfiguration',
        policy: 'NoSuchBucketPolicy',
        cors: 'NoSuchCORSConfiguration',
        payer: 'BucketOwner',
        'another owner': 'AccessDenied',
        'this owner': 3,
        part: 'bytes 0-3/4',
        attributes: 4,
        'a key that XML has not': 'MalformedXML',
        'all versions go': 3,
      },
    },
    s3fs: {
      requirement: 's3fs==2026.4.0',
      answers: {
        'a small file': 1024 * 1024,
        'a file in parts': 12 * 1024 * 1024,
        moved: ['bucket/fs/large', 'bucket/fs/moved', 'bucket/fs/small'],
        tags: {},
        uploads: [],
        joined: 13 * 1024 * 1024,
        gone: false,
      },
    },
    awswrangler: { requirement: WRANGLER, answers: { parquet: [1, 2], csv: [1, 2], described: 3, gone: [] } },
    awscli: {
      requirement: 'awscli==1.46.3',
      answers: {
        copied: 'upload:',
        synced: 1024 * 1024,
        listed: ['1048576', 'cli/file'],
        'version 1': 1024 * 1024,
        removed: 'delete:',
        'a bucket': 'remove_bucket:',
      },
    },
  };

const installed = new Map<string, Awaited<ReturnType<typeof installPythonPackage>>>();
for (const requirement of new Set(Object.values(EXPECTED).map((client) => client.requirement))) {
  const environment = await installPythonPackage(requirement);
  installed.set(requirement, environment);
  if ('missing' in environment)
    console.warn(`SKIPPED: ${requirement} cannot be installed, so its clients were not tried: ${environment.missing}`);
}

describe('S3 is used by', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tillgraph-s3-clients-'));
  const lines: string[] = [];
  let s3: S3Service;
  beforeAll(async () => {
    s3 = await startS3({ ...LOCAL, port: 0, log: (line) => void lines.push(line), directory });
    await s3.createBucket('bucket');
  });
  afterAll(async () => {
    await s3.close();
    rmSync(directory, { recursive: true });
  });

  for (const [client, { requirement, answers }] of Object.entries(EXPECTED)) {
    const environment = installed.get(requirement) ?? { missing: 'it was not asked for' };
    test.skipIf('missing' in environment)(client, async () => {
      const python = 'python' in environment ? environment.python : '';
      const script = join(import.meta.dirname, 's3_clients.py');

      const { stdout } = await promisify(execFile)(python, [script, s3.url, 'bucket', client]);

      const told = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { readonly name: string; readonly answer?: unknown; readonly error?: string });
      expect(Object.fromEntries(told.map(({ name, answer, error }) => [name, error ?? answer]))).toEqual(answers);
      expect(lines).toEqual([]);
    });
  }
});
