import * as buckets from './bucket-operations.ts';
import { descriptions } from './bucket-descriptions.ts';
import type { S3Operation } from './call.ts';
import * as listings from './listings.ts';
import * as objects from './object-operations.ts';
import type { OperationName } from './request.ts';
import * as uploads from './upload-operations.ts';

/** Every operation that there is; another one is refused by name. */
export const s3Operations: Readonly<Record<OperationName, S3Operation>> = {
  ListBuckets: buckets.listBuckets,
  CreateBucket: buckets.createBucket,
  HeadBucket: buckets.headBucket,
  DeleteBucket: buckets.deleteBucket,
  GetBucketLocation: buckets.getBucketLocation,
  ...descriptions,
  ListMultipartUploads: listings.listMultipartUploads,
  ListObjectVersions: listings.listObjectVersions,
  ListObjects: listings.listObjects,
  ListObjectsV2: listings.listObjectsV2,
  DeleteObjects: buckets.deleteObjects,
  GetObjectAcl: objects.getObjectAcl,
  GetObjectAttributes: objects.getObjectAttributes,
  GetObjectTagging: objects.getObjectTagging,
  GetObject: objects.getObject,
  HeadObject: objects.headObject,
  PutObject: objects.putObject,
  CopyObject: objects.copyObject,
  DeleteObject: objects.deleteObject,
  CreateMultipartUpload: uploads.createMultipartUpload,
  UploadPart: uploads.uploadPart,
  UploadPartCopy: uploads.uploadPartCopy,
  CompleteMultipartUpload: uploads.completeMultipartUpload,
  AbortMultipartUpload: uploads.abortMultipartUpload,
  ListParts: uploads.listParts,
};
