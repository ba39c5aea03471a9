import type { Draft } from './draft.ts';
import { notSupported } from './errors.ts';
import type { S3Location } from './s3-options.ts';
import { Options, s3Location, textAt } from './s3-options.ts';

/** UNLOAD, read. */
export interface UnloadCommand {
  readonly kind: 'unload';
  /** In Redshift's dialect. */
  readonly query: string;
  /** The keys begin so. */
  readonly to: S3Location;
  readonly format: 'csv' | 'json';
  readonly delimiter: string;
  readonly nullAs: string;
  readonly hasHeader: boolean;
  readonly isGzip: boolean;
  readonly isParallel: boolean;
  readonly hasManifest: boolean;
  readonly mayOverwrite: boolean;
}

/**
 * Read `UNLOAD ('query') TO 's3://…' options`.
 *
 * @throws StatementError for what UNLOAD has on AWS and not here
 */
export function readUnload(draft: Draft): UnloadCommand {
  if (!draft.is(1, '(') || !draft.is(3, ')') || !draft.is(4, 'TO'))
    throw notSupported('UNLOAD so', "write UNLOAD ('query') TO 's3://…'");
  const options = new Options(draft, 6);
  let format: 'csv' | 'json' | null = null;
  const read = {
    delimiter: ',',
    nullAs: '',
    hasHeader: false,
    isGzip: false,
    isParallel: true,
    hasManifest: false,
    mayOverwrite: false,
  };
  while (!options.isAtEnd) {
    if (options.accept('FORMAT')) options.accept('AS');
    if (options.accept('CSV')) format = 'csv';
    else if (options.accept('JSON')) format = 'json';
    else if (options.accept('DELIMITER')) read.delimiter = options.character('DELIMITER');
    else if (options.accept('NULL')) read.nullAs = options.text('NULL AS');
    else if (options.accept('HEADER')) read.hasHeader = true;
    else if (options.accept('GZIP')) read.isGzip = true;
    else if (options.accept('PARALLEL')) read.isParallel = options.flag();
    else if (options.accept('MANIFEST')) read.hasManifest = true;
    else if (options.accept('ALLOWOVERWRITE')) read.mayOverwrite = true;
    else if (!options.acceptAccess())
      throw notSupported(`UNLOAD … ${options.found}`, 'the local warehouse does not have this option');
  }
  options.requireCredentials('UNLOAD');
  if (format === null) throw notSupported('UNLOAD without a format', 'write CSV or JSON');
  return {
    kind: 'unload',
    query: textAt(draft, 2, 'the query'),
    to: s3Location(textAt(draft, 5, 'the location')),
    format,
    ...read,
  };
}
