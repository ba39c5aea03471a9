import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from '../consumers/object-store.ts';

/** Objects in one S3 bucket. */
export function s3ObjectStore(client: Pick<S3Client, 'send'>, bucket: string): ObjectStore {
  return {
    async put(key, body, contentType, signal) {
      const object = { Bucket: bucket, Key: key, Body: body, ContentType: contentType };
      await client.send(new PutObjectCommand(object), { abortSignal: signal });
    },
  };
}
