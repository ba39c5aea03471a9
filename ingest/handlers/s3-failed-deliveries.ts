import { CopyObjectCommand, DeleteObjectCommand, ListObjectsV2Command, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import type { FailedDeliveries } from '../warehouse/redrive.ts';
import { failedPrefix, handledKey, stagedObject } from '../warehouse/staging-keys.ts';

/** What Firehose could not copy, in its bucket. @param prefix - where it puts all its objects */
export function s3FailedDeliveries(client: Pick<S3Client, 'send'>, bucket: string, prefix: string): FailedDeliveries {
  return {
    bucket,

    async list() {
      const keys: string[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: failedPrefix(prefix),
            ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
          }),
        );
        keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
      return keys.filter((key) => stagedObject(prefix, key) === 'failed delivery');
    },

    async moveTo(key, shelf) {
      try {
        const source = `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
        await client.send(new CopyObjectCommand({ Bucket: bucket, Key: handledKey(prefix, key, shelf), CopySource: source }));
      } catch (cause) {
        if (cause instanceof NoSuchKey) return;
        throw cause;
      }
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}
