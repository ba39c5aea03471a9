import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { keyBefore, stagedObject } from '../warehouse/staging-keys.ts';
import type { StagedLines } from '../warehouse/announce-objects.ts';

/**
 * The lines that Firehose has put into its bucket.
 *
 * @remarks The role may list below the prefix.
 * @param prefix - where Firehose puts all its objects, such as `firehose/`
 */
export function s3StagedLines(client: Pick<S3Client, 'send'>, bucket: string, prefix: string): StagedLines {
  return {
    async newestSince(at, until) {
      let newest: number | undefined;
      let ContinuationToken: string | undefined;
      do {
        const from = ContinuationToken === undefined ? { StartAfter: keyBefore(prefix, at) } : { ContinuationToken };
        const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...from }));
        const lines = (page.Contents ?? []).filter(({ Key = '' }) => stagedObject(prefix, Key) === 'lines');
        for (const { LastModified } of lines) {
          const put = LastModified?.getTime() ?? 0;
          if (put <= until) newest = Math.max(newest ?? 0, put);
        }
        // Keys of lines begin with a year, and all others come behind them.
        ContinuationToken = lines.length < (page.Contents?.length ?? 0) ? undefined : page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
      return newest;
    },
  };
}
