import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { startS3 } from '../services/s3/service.ts';
import { isRemote, LOCAL, temporaryDirectory, uniqueName } from './remote.ts';

export interface S3Endpoint {
  readonly client: S3Client;
  readonly bucket: string;
  close(): Promise<void>;
}

export const localS3Client = (endpoint: string, more: S3ClientConfig = {}) =>
  new S3Client({ endpoint, region: LOCAL.region, credentials: LOCAL.credentials, maxAttempts: 1, ...more });

/** AWS, or the stand-in in a directory of its own; with an empty bucket. */
export async function openS3(): Promise<S3Endpoint> {
  const bucket = uniqueName('bucket');
  const opened = isRemote ? { client: new S3Client({ region: 'us-east-1' }) } : await openLocal();
  const { client } = opened;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    client,
    bucket,
    async close() {
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket })) {
        const Objects = (page.Contents ?? []).map(({ Key }) => ({ Key }));
        if (Objects.length > 0) await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
      }
      await client.send(new DeleteBucketCommand({ Bucket: bucket }));
      client.destroy();
      if ('close' in opened) await opened.close();
    },
  };
}

async function openLocal() {
  const directory = await temporaryDirectory();
  const service = await startS3({ ...LOCAL, directory: directory.path, port: 0, log: console.error });
  return {
    client: localS3Client(service.url),
    async close() {
      await service.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}
