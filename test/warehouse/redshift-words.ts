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

/** Functions that mean the same in Redshift and PostgreSQL, or that the local engine brings along as Redshift has them. */
export const FUNCTIONS: ReadonlySet<string> = new Set([
  ...['count', 'sum', 'min', 'max', 'avg'],
  ...['row_number', 'rank', 'dense_rank', 'ntile', 'lag', 'lead', 'first_value', 'last_value'],
  ...['abs', 'ceil', 'floor', 'mod', 'round', 'sign', 'sqrt', 'power'],
  ...[
    'btrim',
    'ltrim',
    'rtrim',
    'chr',
    'left',
    'right',
    'length',
    'len',
    'lower',
    'upper',
    'lpad',
    'rpad',
    'md5',
    'octet_length',
  ],
  ...['position', 'replace', 'split_part', 'strpos', 'substring', 'translate', 'regexp_substr', 'regexp_replace'],
  ...['date_trunc', 'extract', 'getdate', 'to_char', 'nvl', 'json_extract_path_text'],
]);

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
