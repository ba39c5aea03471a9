// Large results are compared by digests: sums of what MD5 makes of each row, in SQL that Redshift and DuckDB both have in their own words.

/** One text of a row's columns, each of them SQL. */
const content = (columns: readonly string[]) => columns.map((column) => `COALESCE(${column}, '~')`).join(` || CHR(31) || `);

/** A column as VARCHAR; the columns of a result are no longer than 800 bytes. */
export const text = (column: string) => `CAST(${column} AS VARCHAR(800))`;

/** Redshift casts no BOOLEAN to VARCHAR. */
export const flag = (column: string) => `CASE ${column} WHEN TRUE THEN 'true' WHEN FALSE THEN 'false' END`;

/** @param columns - texts, as SQL */
export const redshiftDigest = (columns: readonly string[]) =>
  `CAST(SUM(STRTOL(LEFT(MD5(${content(columns)}), 15), 16)) AS DECIMAL(38, 0))`;

/** @param columns - texts, as SQL */
export const duckdbDigest = (columns: readonly string[]) => `SUM(CAST('0x' || LEFT(MD5(${content(columns)}), 15) AS BIGINT))`;
