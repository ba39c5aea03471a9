import type { FieldDef } from 'pg';

/** A column of a result, as the Redshift Data API describes it in `ColumnMetadata`. */
export interface ResultColumn {
  readonly name: string;
  /** `varchar`, `bpchar`, `int2`, `int4`, `int8`, `numeric`, `float4`, `float8`, `bool`, `date`, `timestamp`, `timestamptz`, `time`, … */
  readonly typeName: string;
  readonly precision: number;
  readonly scale: number;
  /** 1: it may be null; 0: not. */
  readonly nullable: 0 | 1;
  readonly length: 0;
  /** Empty for an expression. */
  readonly tableName: string;
  readonly schemaName: string;
}

/** Where a column comes from. */
export interface Origin {
  readonly schemaName: string;
  readonly tableName: string;
  /** Numbers of the columns that cannot be null. */
  readonly notNull: ReadonlySet<number>;
}

/** Type numbers of PostgreSQL, with precision and scale as the Data API says them. Source: recorded answers of Redshift. */
const TYPES: Readonly<Record<number, readonly [typeName: string, precision: number, scale: number]>> = {
  16: ['bool', 1, 0],
  18: ['char', 1, 0],
  19: ['varchar', 128, 0],
  20: ['int8', 19, 0],
  21: ['int2', 5, 0],
  23: ['int4', 10, 0],
  26: ['oid', 10, 0],
  700: ['float4', 8, 8],
  701: ['float8', 17, 17],
  1082: ['date', 13, 0],
  1083: ['time', 15, 6],
  1114: ['timestamp', 29, 6],
  1184: ['timestamptz', 35, 6],
  1266: ['timetz', 21, 6],
  3802: ['super', 0, 0],
};

const VARCHAR = 1043;
const BPCHAR = 1042;
const NUMERIC = 1700;
/** An expression's text has no length of its own. */
const LONGEST_TEXT = 65535;

export function toResultColumn(field: FieldDef, origin: Origin | undefined): ResultColumn {
  const [typeName, precision, scale] = typeOf(field.dataTypeID, field.dataTypeModifier);
  return {
    name: field.name,
    typeName,
    precision,
    scale,
    nullable: origin?.notNull.has(field.columnID) === true ? 0 : 1,
    length: 0,
    tableName: origin?.tableName ?? '',
    schemaName: origin?.schemaName ?? '',
  };
}

function typeOf(type: number, modifier: number): readonly [string, number, number] {
  // The modifier counts four bytes of its own; -1 says there is none.
  const size = modifier - 4;
  if (type === NUMERIC) return modifier < 0 ? ['numeric', 38, 0] : ['numeric', (size >> 16) & 0xffff, size & 0x7ff];
  if (type === BPCHAR) return ['bpchar', modifier < 0 ? LONGEST_TEXT : size, 0];
  if (type === VARCHAR) return ['varchar', modifier < 0 ? LONGEST_TEXT : size, 0];
  return TYPES[type] ?? ['varchar', LONGEST_TEXT, 0];
}
