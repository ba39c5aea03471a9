/**
 * Most lines one `sendTransactions` may carry.
 *
 * @source APPSYNC_JS stops a resolver near 1,000 loop iterations; a request needs three passes over its lines.
 */
export const MAX_LINES_PER_REQUEST = 250;

/** Items of a page when the caller names no limit. */
export const DEFAULT_PAGE_LIMIT = 50;

/** Most items a page may hold; a larger limit is refused, not cut. */
export const MAX_PAGE_LIMIT = 500;

/** Largest quantity of a line: 10^9 such lines are 10^15 pieces, which a double holds exactly. @unit pieces */
export const MAX_PIECES = 1000000;

/**
 * Largest amount of a line, quantity x unit price: the sum of 10^9 such lines is below 2^63 mills, the most that the warehouse's
 * DECIMAL(19, 3) and BIGINT hold.
 *
 * @unit pounds
 */
export const MAX_POUNDS_OF_A_LINE = 9000000;

/** Latest time of sending: dates have years of four digits. @unit milliseconds since 1970-01-01T00:00:00Z */
export const MAX_SENT_AT = 253402300799999;
