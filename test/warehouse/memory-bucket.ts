import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { MemoryObjects } from '@tillgraph/local-aws/testing/given-redshift';

/** The objects that COPY reads, as the SDK's client for S3 shows them. */
export function memoryBucket(objects: MemoryObjects): Pick<S3Client, 'send'> {
  async function send(command: unknown): Promise<unknown> {
    if (command instanceof ListObjectsV2Command) {
      const found = await objects.list('bucket', command.input.Prefix ?? '');
      const sorted = found.sort((a, b) => (a.key < b.key ? -1 : 1));
      return { Contents: sorted.map(({ key, size }) => ({ Key: key, Size: size, ETag: '"e"', LastModified: new Date(0) })) };
    }
    if (command instanceof PutObjectCommand) objects.put(command.input.Key ?? '', command.input.Body as string);
    else if (command instanceof DeleteObjectCommand) objects.bodies.delete(command.input.Key ?? '');
    else if (command instanceof GetObjectCommand) {
      const { Key = '' } = command.input;
      return { Body: { transformToString: () => Promise.resolve(objects.text(Key)) } };
    } else if (command instanceof CopyObjectCommand) {
      const key = decodeURIComponent((command.input.CopySource ?? '').slice('bucket/'.length));
      const body = objects.bodies.get(key);
      if (body === undefined) throw new NoSuchKey({ message: 'gone', $metadata: {} });
      objects.put(command.input.Key ?? '', body);
    } else throw new TypeError(`the bucket of the tests does not know ${String(command)}`);
    return {};
  }
  return { send: send as S3Client['send'] };
}
