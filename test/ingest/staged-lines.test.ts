// Slow: puts a thousand objects, one by one.

import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openS3, type S3Endpoint } from '@tillgraph/local-aws/testing/s3-endpoint';
import { s3StagedLines } from '../../ingest/handlers/s3-staged-lines.ts';

const NOON = Date.parse('2026-11-22T12:00:00Z');
const HOUR = 3_600_000;

describe('the lines that Firehose has put', () => {
  let s3: S3Endpoint;
  const put = (key: string) => s3.client.send(new PutObjectCommand({ Bucket: s3.bucket, Key: key, Body: 'x' }));
  /** @returns when the objects under the hour were put */
  const newest = (at: number, until = Infinity) => s3StagedLines(s3.client, s3.bucket, 'firehose/').newestSince(at, until);

  beforeAll(async () => {
    s3 = await openS3();
  });

  afterAll(() => s3.close());

  test('are none in an empty bucket', async () => {
    expect(await newest(0)).toBeUndefined();
  });

  test('are looked for under the hours from a day before on, and not among lists and errors', async () => {
    await put('firehose/2026/11/21/11/old');
    for (const other of ['errors/manifests/2026/11/22/12/list', 'manifests/2026/11/22/12/list', 'redriven/errors/x'])
      await put(`firehose/${other}`);

    expect(await newest(NOON)).toBeUndefined();
    expect(await newest(NOON - HOUR)).toBeGreaterThan(0);
    expect(await newest(NOON - HOUR, 1)).toBeUndefined();
  });

  test('count by when they were put, not by their keys, and on every page of the listing', async () => {
    await Promise.all(
      Array.from({ length: 1001 }, (_, place) => put(`firehose/2026/11/22/12/${String(place).padStart(4, '0')}`)),
    );
    const before = (await newest(NOON)) ?? NaN;
    // S3 tells times in whole seconds.
    await sleep(1100);
    await put('firehose/2026/11/22/12/0500');

    expect(await newest(NOON)).toBeGreaterThan(before);
    await put('firehose/2026/11/22/12/1001');
    expect(await newest(NOON)).toBeGreaterThan(before);
  });
});
