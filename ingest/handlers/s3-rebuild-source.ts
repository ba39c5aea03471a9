import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { BULK_PREFIX, RAW_PREFIX } from '../../domain/bucket.ts';
import type { RawObject } from '../warehouse/gaps.ts';
import type { RebuildSource } from '../warehouse/rebuild.ts';
import { rawKeyBefore, stagedObject } from '../warehouse/staging-keys.ts';

/**
 * What the warehouse can be made from again, in the bucket.
 *
 * @remarks The role may list below `raw/`, `bulk/` and the staging prefix, and get and put below `import/rebuild/`; COPY reads what it lists.
 * @param stagingPrefix - where Firehose puts its objects, such as `firehose/`
 */
export function s3RebuildSource(client: Pick<S3Client, 'send'>, bucket: string, stagingPrefix: string): RebuildSource {
  async function list(Prefix: string, from: { readonly StartAfter?: string } = {}): Promise<RawObject[]> {
    const objects: RawObject[] = [];
    let ContinuationToken: string | undefined;
    do {
      const more = ContinuationToken === undefined ? from : { ContinuationToken };
      const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix, ...more }));
      for (const { Key: key = '', Size: size = 0, LastModified } of page.Contents ?? [])
        if (size > 0) objects.push({ key, size, putAt: LastModified?.getTime() ?? 0 });
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return objects;
  }

  return {
    bucket,

    async objects() {
      const staged = await list(stagingPrefix);
      return [...(await list(RAW_PREFIX)), ...staged.filter(({ key }) => stagedObject(stagingPrefix, key) === 'lines')];
    },

    async putSince(at) {
      const objects = await list(RAW_PREFIX, at === 0 ? {} : { StartAfter: rawKeyBefore(at) });
      return objects.filter(({ putAt }) => putAt >= at).sort((one, other) => one.putAt - other.putAt);
    },

    async hasFiles() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: BULK_PREFIX, MaxKeys: 1 }));
      return Contents.length > 0;
    },

    async putList({ key, objects }) {
      // What Firehose has put goes after a week, which may be just now.
      const entries = objects.map((object) => ({ url: `s3://${bucket}/${object}`, mandatory: object.startsWith(RAW_PREFIX) }));
      const Body = `${JSON.stringify({ entries })}\n`;
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body, ContentType: 'application/json' }));
    },

    async readList(key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      const { entries } = JSON.parse((await Body?.transformToString()) ?? '{"entries":[]}') as { entries: { url: string }[] };
      return { key, objects: entries.map(({ url }) => url.slice(`s3://${bucket}/`.length)) };
    },
  };
}
