import type { CsvFormat } from './copy-csv.ts';
import type { JsonPath } from './copy-json-paths.ts';
import type { Conversions } from './copy-rows.ts';
import { TimeFormat } from './copy-time-format.ts';
import type { Draft } from './draft.ts';
import { StatementError, notSupported } from './errors.ts';
import { nameOf } from './names.ts';
import type { S3Location } from './s3-options.ts';
import { Options, s3Location, textAt } from './s3-options.ts';

/** How the objects are written. */
export type CopyFormat =
  | { readonly type: 'json'; readonly ignoreCase: boolean; readonly paths: readonly JsonPath[] | null }
  | ({ readonly type: 'csv' } & CsvFormat);

/** COPY, read. */
export interface CopyCommand {
  readonly kind: 'copy';
  /** As written. */
  readonly table: string;
  /** Absent (null): all but identity columns. */
  readonly columns: readonly string[] | null;
  readonly from: S3Location;
  readonly isManifest: boolean;
  readonly isGzip: boolean;
  readonly format: CopyFormat;
  /** A file that says where in a JSON object each column's value is. */
  readonly jsonPaths: S3Location | null;
  readonly conversions: Conversions;
  /** The load fails with so many errors, or with one when 0. */
  readonly maxError: number;
  /** Read everything, load nothing. */
  readonly isRehearsal: boolean;
}

type Draftable<T> = { -readonly [K in keyof T]: T[K] };

/** What is gathered while the options are read. */
interface Gathered {
  format: 'json' | 'csv' | null;
  ignoreCase: boolean;
  jsonPaths: S3Location | null;
  csv: Draftable<CsvFormat>;
  conversions: Draftable<Conversions>;
  isManifest: boolean;
  isGzip: boolean;
  maxError: number;
  isRehearsal: boolean;
}

/**
 * Read `COPY t [(columns)] FROM 's3://…' options`.
 *
 * @throws StatementError for what COPY has on AWS and not here
 */
export function readCopy(draft: Draft): CopyCommand {
  const tableEnd = draft.nameEnd(1);
  const hasColumns = draft.word(tableEnd) === '(';
  const from = hasColumns ? draft.closing(tableEnd) + 1 : tableEnd;
  if (!draft.is(from, 'FROM'))
    throw notSupported(`COPY … ${draft.at(from)?.text ?? ''}`, "write COPY table FROM 's3://…'; UNLOAD writes");
  if (draft.is(from + 1, 'STDIN')) throw notSupported('COPY FROM STDIN', "Redshift copies from 's3://…'");
  const location = s3Location(textAt(draft, from + 1, 'the location'));
  const { format, ignoreCase, csv, ...rest } = readOptions(new Options(draft, from + 2));
  if (format === null) throw notSupported('COPY without a format', "write JSON 'auto', JSON 'auto ignorecase' or CSV");
  return {
    kind: 'copy',
    table: draft.text(1, tableEnd),
    columns: hasColumns ? draft.items(tableEnd).map(([place]) => nameOf(draft.at(place)?.text ?? '')) : null,
    from: location,
    format: format === 'json' ? { type: 'json', ignoreCase, paths: null } : { type: 'csv', ...csv },
    ...rest,
  };
}

function readOptions(options: Options): Gathered {
  const gathered: Gathered = {
    format: null,
    ignoreCase: false,
    jsonPaths: null,
    csv: { delimiter: ',', quote: '"', ignoreHeader: 0, nullAs: '\\N', fillRecord: false, ignoreBlankLines: false },
    conversions: {
      truncateColumns: false,
      blanksAsNull: false,
      emptyAsNull: false,
      acceptInvalidAs: null,
      timeFormat: 'default',
      timePattern: null,
      datePattern: null,
    },
    isManifest: false,
    isGzip: false,
    maxError: 0,
    isRehearsal: false,
  };
  while (!options.isAtEnd) {
    const isKnown =
      options.acceptAccess() ||
      readFormat(options, gathered) ||
      readConversion(options, gathered.conversions) ||
      readLoad(options, gathered);
    if (!isKnown) throw notSupported(`COPY … ${options.found}`, 'the local warehouse does not have this option');
  }
  options.requireCredentials('COPY');
  return gathered;
}

function readFormat(options: Options, gathered: Gathered): boolean {
  if (options.accept('FORMAT')) {
    options.accept('AS');
    if (readFormat(options, gathered)) return true;
    throw notSupported(`FORMAT ${options.found}`, 'write JSON or CSV');
  }
  if (options.accept('JSON')) {
    const written = options.text('JSON');
    const shape = written.toLowerCase();
    if (shape.startsWith('s3://')) gathered.jsonPaths = s3Location(written);
    else if (shape !== 'auto' && shape !== 'auto ignorecase')
      throw notSupported(`JSON '${shape}'`, "write JSON 'auto', JSON 'auto ignorecase', or JSON 's3://…' with a JSONPaths file");
    gathered.format = 'json';
    gathered.ignoreCase = shape === 'auto ignorecase';
  } else if (options.accept('CSV')) {
    gathered.format = 'csv';
    if (options.accept('QUOTE')) gathered.csv.quote = options.character('QUOTE');
  } else if (options.accept('DELIMITER')) gathered.csv.delimiter = options.character('DELIMITER');
  else if (options.accept('IGNOREHEADER')) gathered.csv.ignoreHeader = options.number('IGNOREHEADER');
  else if (options.accept('NULL')) gathered.csv.nullAs = options.text('NULL AS');
  else if (options.accept('FILLRECORD')) gathered.csv.fillRecord = true;
  else if (options.accept('IGNOREBLANKLINES')) gathered.csv.ignoreBlankLines = true;
  else if (options.accept('PARQUET|ORC|AVRO|SHAPEFILE|FIXEDWIDTH'))
    throw notSupported('COPY of Parquet, ORC, Avro, shapefiles and fixed widths', 'locally write JSON or CSV');
  else if (options.accept('ESCAPE|REMOVEQUOTES')) throw notSupported('ESCAPE and REMOVEQUOTES', 'write CSV');
  else return false;
  return true;
}

function readConversion(options: Options, conversions: Draftable<Conversions>): boolean {
  if (options.accept('TRUNCATECOLUMNS')) conversions.truncateColumns = true;
  else if (options.accept('BLANKSASNULL')) conversions.blanksAsNull = true;
  else if (options.accept('EMPTYASNULL')) conversions.emptyAsNull = true;
  else if (options.accept('ACCEPTINVCHARS')) {
    options.accept('AS');
    conversions.acceptInvalidAs = options.isText() ? options.character('ACCEPTINVCHARS') : '?';
  } else if (options.accept('TIMEFORMAT')) readTimeFormat(options.text('TIMEFORMAT'), conversions);
  else if (options.accept('DATEFORMAT')) {
    const format = options.text('DATEFORMAT');
    conversions.datePattern = format.toLowerCase() === 'auto' ? null : new TimeFormat(format, 'DATEFORMAT').format;
  } else if (options.accept('ENCODING')) {
    const encoding = options.text('ENCODING');
    if (encoding.toUpperCase() !== 'UTF8') throw notSupported(`ENCODING ${encoding}`, 'write UTF-8');
  } else return options.accept('ACCEPTANYDATE|ROUNDEC|TRIMBLANKS') ? refuseConversion() : false;
  return true;
}

function refuseConversion(): never {
  throw notSupported('ACCEPTANYDATE, ROUNDEC and TRIMBLANKS', 'convert the values when they are merged');
}

function readTimeFormat(format: string, conversions: Draftable<Conversions>): void {
  const known = { auto: 'auto', epochsecs: 'epochsecs', epochmillisecs: 'epochmillisecs' } as const;
  const found = known[format.toLowerCase() as keyof typeof known] as Conversions['timeFormat'] | undefined;
  if (found !== undefined) conversions.timeFormat = found;
  else if (!/^YYYY-MM-DD HH(24)?:MI:SS$/i.test(format)) conversions.timePattern = new TimeFormat(format, 'TIMEFORMAT').format;
}

function readLoad(options: Options, gathered: Gathered): boolean {
  if (options.accept('MANIFEST')) gathered.isManifest = true;
  else if (options.accept('GZIP')) gathered.isGzip = true;
  else if (options.accept('BZIP2|LZOP|ZSTD')) throw notSupported('BZIP2, LZOP and ZSTD', 'locally write GZIP or nothing');
  else if (options.accept('MAXERROR')) {
    gathered.maxError = options.number('MAXERROR');
    if (gathered.maxError > 100_000) throw new StatementError('22023', 'MAXERROR must be between 0 and 100000');
  } else if (options.accept('NOLOAD')) gathered.isRehearsal = true;
  else if (options.accept('COMPUPDATE')) {
    if (!options.accept('PRESET')) options.flag();
  } else if (options.accept('STATUPDATE')) options.flag();
  else if (options.accept('COMPROWS|READRATIO')) options.number('it');
  else if (options.accept('EXPLICIT_IDS|JOB|SSH'))
    throw notSupported('EXPLICIT_IDS, JOB and SSH', 'locally COPY runs once, from S3');
  else return false;
  return true;
}
