/** Words that are no names in Redshift. @source Redshift developer guide, "Reserved words" */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(
  `aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between binary
  blanksasnull both bytedict bzip2 case cast check collate column connect constraint create credentials cross
  current_date current_time current_timestamp current_user current_user_id default deferrable deflate defrag delta delta32k
  desc disable distinct do else emptyasnull enable encode encrypt encryption end except explicit false for foreign freeze
  from full globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially inner intersect interval
  into is isnull join leading left like limit localtime localtimestamp lun luns lzo lzop minus mostly16 mostly32 mostly8
  natural new not notnull null nulls off offline offset oid old on only open or order outer overlaps parallel partition
  percent permissions pivot placing primary raw readratio recover references rejectlog resort respect restore right select
  session_user similar snapshot some sysdate system table tag tdes text255 text32k then timestamp to top trailing true
  truncatecolumns type union unique unnest unpivot user using verbose wallet when where with without`.split(/\s+/),
);

/**
 * Functions that mean the same in Redshift and PostgreSQL, or that the local engine brings along as Redshift has them, with the least and
 * the greatest number of arguments that Redshift's page of the function gives. PostgreSQL often takes more spellings.
 * @source Redshift developer guide, the page of each function
 */
export const FUNCTIONS: ReadonlyMap<string, readonly [number, number]> = new Map(
  Object.entries({
    ...{ count: [0, 1], sum: [1, 1], min: [1, 1], max: [1, 1], avg: [1, 1] },
    ...{ row_number: [0, 0], rank: [0, 0], dense_rank: [0, 0], ntile: [1, 1] },
    // LAG and LEAD have no third argument for what is missing.
    ...{ lag: [1, 2], lead: [1, 2], first_value: [1, 1], last_value: [1, 1] },
    ...{ abs: [1, 1], ceil: [1, 1], floor: [1, 1], mod: [2, 2], round: [1, 2], sign: [1, 1], sqrt: [1, 1], power: [2, 2] },
    ...{ btrim: [1, 2], ltrim: [1, 2], rtrim: [1, 2], lpad: [2, 3], rpad: [2, 3], left: [2, 2], right: [2, 2] },
    ...{ chr: [1, 1], length: [1, 1], len: [1, 1], octet_length: [1, 1], lower: [1, 1], upper: [1, 1], md5: [1, 1] },
    // Of texts: SUBSTRING (text, start, length), or SUBSTRING (text FROM start). Two arguments are for binary values.
    ...{ position: [2, 2], replace: [3, 3], split_part: [3, 3], strpos: [2, 2], substring: [3, 3], translate: [3, 3] },
    ...{ regexp_substr: [2, 5], regexp_replace: [2, 5], date_trunc: [2, 2], extract: [2, 2], getdate: [0, 0], to_char: [2, 2] },
    ...{ nvl: [2, Infinity], json_extract_path_text: [2, Infinity], from_hex: [1, 1], from_varbyte: [2, 2], trunc: [1, 2] },
  } satisfies Record<string, [number, number]>),
);

/** Aggregates: with an ORDER BY in their window Redshift wants the frame said. */
export const AGGREGATES: ReadonlySet<string> = new Set(['count', 'sum', 'min', 'max', 'avg']);

/** Types of columns and casts, as PostgreSQL's parser calls them. */
export const TYPES: ReadonlySet<string> = new Set([
  ...['varchar', 'int2', 'int4', 'int8', 'numeric', 'date', 'timestamp', 'bool', 'float8'],
  // Of literals such as INTERVAL '1 hour'.
  'interval',
]);

/** What stands between or before expressions. `~` is Redshift's regular expression too. */
export const OPERATORS: ReadonlySet<string> = new Set([
  ...['=', '<>', '<', '>', '<=', '>=', '+', '-', '*', '/', '%', '||', '~', '!~', '~~', '!~~', '~~*', '!~~*'],
  ...['BETWEEN', 'NOT BETWEEN'],
]);
