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
