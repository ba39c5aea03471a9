// Why a line of a request was not taken. Resolvers bundle this file: only what APPSYNC_JS knows.

/** The stream is busy, or cannot be reached: the same line may be taken a moment later. */
export const THROTTLED = 'Throttled';
export const STREAM_UNAVAILABLE = 'StreamUnavailable';

/** Why the stream did not take a record. */
export type RecordFailure = typeof THROTTLED | typeof STREAM_UNAVAILABLE;

/** Whether a line that was not taken for this reason may be sent again as it is. */
export const passes = (code: string): boolean => code === THROTTLED || code === STREAM_UNAVAILABLE;
