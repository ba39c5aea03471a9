import type { IncomingHttpHeaders } from 'node:http';
import { notImplemented } from './errors.ts';

/** Headers of S3 that are obeyed. */
const SUPPORTED = new RegExp(
  `^x-amz-(?:${[
    'date|content-sha256|security-token|decoded-content-length|trailer|meta-.*',
    'checksum-(?:algorithm|mode|type|crc32|crc32c|crc64nvme|md5|sha1|sha256|sha512)|sdk-checksum-algorithm',
    'copy-source|copy-source-if-(?:match|none-match|modified-since|unmodified-since)|copy-source-range',
    'metadata-directive|expected-bucket-owner|source-expected-bucket-owner|object-attributes|max-parts|part-number-marker',
    'mp-object-size',
  ].join('|')})$`,
);

/** Headers of S3 that ask for nothing that could be otherwise here, and why. */
const IGNORED: Readonly<Record<string, string>> = {
  'x-amz-request-payer': 'no bucket lets its readers pay',
  'x-amz-optional-object-attributes': 'only the state of restored objects can be asked for, and none is archived',
  'x-amz-bypass-governance-retention': 'no object is locked',
  'x-amz-mfa': 'no bucket asks for a second factor',
  'x-amz-skip-destination-validation': 'only of configurations that are refused by their own name',
  'x-amz-confirm-remove-self-bucket-access': 'only of configurations that are refused by their own name',
  'x-amz-transition-default-minimum-object-size': 'only of configurations that are refused by their own name',
  'x-amz-bucket-object-lock-token': 'only of configurations that are refused by their own name',
  'x-amz-create-session-mode': 'only of sessions, which are refused by their own name',
  'x-amz-client-token': 'only of operations that are refused by their own name',
};

/** Headers of S3 of which only the value that S3 has by itself is understood. */
const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  'x-amz-acl': ['private', 'bucket-owner-full-control'],
  'x-amz-storage-class': ['STANDARD'],
  'x-amz-server-side-encryption': ['AES256'],
  'x-amz-server-side-encryption-bucket-key-enabled': ['false'],
  'x-amz-object-ownership': ['BucketOwnerEnforced'],
  'x-amz-tagging': [''],
  'x-amz-tagging-directive': ['COPY'],
  'x-amz-object-annotation-directive': ['COPY'],
  'x-amz-bucket-object-lock-enabled': ['false'],
  'x-amz-object-lock-legal-hold': ['OFF'],
  'x-amz-write-offset-bytes': ['0'],
  'x-amz-bucket-namespace': ['global'],
};

/**
 * Headers that change what a request means, and that are not obeyed: encryption with other keys, grants, locks, tags, conditions. By the
 * beginning of the name, so that one that S3 learns later is refused as well.
 */
const REFUSED = new RegExp(
  `^x-amz-(?:${[
    'acl|grant-|object-ownership|bucket-object-lock-|object-lock-|bypass-|bucket-namespace',
    'server-side-encryption|copy-source-|storage-class|tagging|object-annotation|website-redirect-location',
    'checksum-|if-match-|object-if-match|object-version-id|version-id|write-offset-bytes|rename-source',
    'fwd-|request-route|request-token|restore|object-size',
  ].join('|')})`,
);

/** What becomes of a header of a request. */
export type HeaderSupport = 'obeyed' | 'ignored' | 'refused' | 'default only';

/** @param name - in lower case */
export function headerSupport(name: string): HeaderSupport {
  if (!name.startsWith('x-amz-') || Object.hasOwn(IGNORED, name)) return 'ignored';
  if (SUPPORTED.test(name)) return 'obeyed';
  if (Object.hasOwn(DEFAULTS, name)) return 'default only';
  return REFUSED.test(name) ? 'refused' : 'ignored';
}

/**
 * Refuse what would be understood otherwise than S3 does. A header that S3 does not know is ignored, as S3 ignores it: clients send some of
 * their own, such as `x-amz-api-version`.
 *
 * @throws ServiceError NotImplemented, with the name of the header
 */
export function checkHeaders(headers: IncomingHttpHeaders): void {
  for (const name in headers) {
    const fate = headerSupport(name);
    if (fate === 'obeyed' || fate === 'ignored') continue;
    const value = String(headers[name]);
    if (fate === 'refused' || DEFAULTS[name]?.includes(value) !== true) throw notImplemented(`the header ${name}: ${value}`);
  }
}
