import {
  CopyObjectCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { importKey, isImportManifest, manifestPrefix } from '../warehouse/import-keys.ts';
import type { ImportManifest, ImportManifests } from '../warehouse/imports.ts';

/**
 * The lists of imports in the bucket.
 *
 * @remarks The role may list, get and delete below `<prefix>manifests/`, and put below `<prefix>loaded/` and `<prefix>refused/`.
 * @param prefix - of all that has to do with imports, such as `import/`
 */
export function s3ImportManifests(client: Pick<S3Client, 'send'>, bucket: string, prefix: string): ImportManifests {
  return {
    bucket,

    async list() {
      const manifests: ImportManifest[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: manifestPrefix(prefix),
            ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
          }),
        );
        for (const { Key = '', ETag = '', LastModified } of page.Contents ?? [])
          if (isImportManifest(prefix, Key))
            manifests.push({ key: Key, version: `${ETag} ${LastModified?.toISOString() ?? ''}` });
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
      return manifests;
    },

    async writeOutcome(outcome) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: importKey(prefix, 'loaded', outcome.manifest),
          Body: `${JSON.stringify(outcome)}\n`,
          ContentType: 'application/json',
        }),
      );
    },

    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },

    async shelve(key) {
      try {
        const source = `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;
        await client.send(new CopyObjectCommand({ Bucket: bucket, Key: importKey(prefix, 'refused', key), CopySource: source }));
      } catch (cause) {
        if (cause instanceof NoSuchKey) return;
        throw cause;
      }
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}
