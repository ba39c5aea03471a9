import { ServiceError } from '../../errors.ts';

/** Refusals in the words of S3, by code: message and HTTP status. */
const ERRORS = {
  AccessDenied: ['Access Denied', 403],
  BadDigest: ['The Content-MD5 or checksum value that you specified did not match what the server received.', 400],
  BucketAlreadyOwnedByYou: ['Your previous request to create the named bucket succeeded and you already own it.', 409],
  BucketNotEmpty: ['The bucket you tried to delete is not empty', 409],
  EntityTooLarge: ['Your proposed upload exceeds the maximum allowed size', 400],
  EntityTooSmall: ['Your proposed upload is smaller than the minimum allowed size', 400],
  IllegalLocationConstraintException: [
    'The specified location constraint is incompatible for the region this request was sent to.',
    400,
  ],
  IncompleteBody: ['You did not provide the number of bytes specified by the Content-Length HTTP header', 400],
  InternalError: ['We encountered an internal error. Please try again.', 500],
  InvalidArgument: ['Invalid Argument', 400],
  InvalidBucketOwnerAWSAccountID: ['The value of the expected bucket owner parameter must be an AWS account ID', 400],
  InvalidBucketName: ['The specified bucket is not valid.', 400],
  InvalidChunkSizeError: ['Only the last chunk is allowed to have a size less than 8192 bytes', 400],
  InvalidDigest: ['The Content-MD5 you specified was invalid.', 400],
  InvalidPart: [
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    400,
  ],
  InvalidPartOrder: ['The list of parts was not in ascending order. Parts must be ordered by part number.', 400],
  InvalidRange: ['The requested range is not satisfiable', 416],
  InvalidRequest: ['Invalid Request', 400],
  InvalidURI: ["Couldn't parse the specified URI.", 400],
  KeyTooLongError: ['Your key is too long', 400],
  MalformedXML: ['The XML you provided was not well-formed or did not validate against our published schema', 400],
  InvalidPartNumber: ['The requested partnumber is not satisfiable', 416],
  MetadataTooLarge: ['Your metadata headers exceed the maximum allowed metadata size', 400],
  MethodNotAllowed: ['The specified method is not allowed against this resource.', 405],
  MissingContentLength: ['You must provide the Content-Length HTTP header.', 411],
  NoSuchBucket: ['The specified bucket does not exist', 404],
  NoSuchBucketPolicy: ['The bucket policy does not exist', 404],
  NoSuchConfiguration: ['The specified configuration does not exist.', 404],
  NoSuchCORSConfiguration: ['The CORS configuration does not exist', 404],
  NoSuchKey: ['The specified key does not exist.', 404],
  NoSuchLifecycleConfiguration: ['The lifecycle configuration does not exist', 404],
  NoSuchTagSet: ['The TagSet does not exist', 404],
  NoSuchUpload: [
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
  ],
  NoSuchWebsiteConfiguration: ['The specified bucket does not have a website configuration', 404],
  NotImplemented: ['A header you provided implies functionality that is not implemented', 501],
  NotModified: ['Not Modified', 304],
  ObjectLockConfigurationNotFoundError: ['Object Lock configuration does not exist for this bucket', 404],
  PreconditionFailed: ['At least one of the pre-conditions you specified did not hold', 412],
  ReplicationConfigurationNotFoundError: ['The replication configuration was not found', 404],
  SignatureDoesNotMatch: [
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    403,
  ],
  SlowDown: ['Please reduce your request rate.', 503],
  XAmzContentSHA256Mismatch: ["The provided 'x-amz-content-sha256' header does not match what was computed.", 400],
} as const satisfies Record<string, readonly [message: string, status: number]>;

/** @param fields - members of the error document, such as `Key` */
export function s3Error(
  code: keyof typeof ERRORS,
  fields: Readonly<Record<string, string>> = {},
  message?: string,
): ServiceError {
  const [usual, status] = ERRORS[code];
  return new ServiceError(code, message ?? usual, status, { fields });
}

export function notImplemented(what: string): ServiceError {
  return s3Error('NotImplemented', {}, `${what} is not supported locally`);
}
