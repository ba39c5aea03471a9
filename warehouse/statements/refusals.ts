// Resolvers bundle the files of this folder: only what APPSYNC_JS knows.

/** What the words of the database say of another try. */
export type RefusalKind =
  /** The very next may succeed: the batch met others, or lost its connection. */
  | 'again'
  /** Another batch would meet the same, until others have gone or a day is over. */
  | 'closed'
  /** A later one may succeed: this one took too long, or more than there was. */
  | 'later';

/** Words of a refusal that passes. */
interface PassingRefusal {
  readonly kind: RefusalKind;
  /** A pattern for a part of what the database says, in small letters. */
  readonly words: string;
}

/**
 * Refusals that say nothing of what was asked. Whatever is not here is a fault of the statement, or of what it reads, and stays one.
 *
 * @source what each names
 */
export const PASSING_REFUSALS: readonly PassingRefusal[] = [
  // Redshift management guide, "Setting usage limits": a limit that is reached turns queries off. Words of it as users report them.
  { kind: 'closed', words: 'usage limit' },
  // Redshift management guide, "Quotas and limits": 2,000 connections of a workgroup; developer guide, CREATE USER, CONNECTION LIMIT.
  { kind: 'closed', words: 'too many connections|connection limit|connection slots' },
  // Redshift Serverless API reference, Workgroup, status: CREATING, MODIFYING, DELETING.
  { kind: 'closed', words: 'is (being )?(modif|creat|paus)|modifying|paused' },
  // Redshift developer guide, "Troubleshooting serializable isolation errors", and "Managing concurrent write operations" for deadlocks.
  { kind: 'again', words: 'error: 1023|serializable isolation|could not serialize|deadlock detected' },
  // PostgreSQL, "Error codes", classes 08 and 57P; a workgroup that wakes up drops what came too early.
  {
    kind: 'again',
    words:
      'terminating connection|connection (to|was|is|has|reset|refused|closed|failed|terminated)|resuming|starting up|shutting down|not available|unavailable',
  },
  // Amazon S3 API reference, "Error responses": what COPY passes on of these is no fault of its list.
  { kind: 'again', words: 'slowdown|reduce your request rate|status 50[03]|requesttimeout' },
  // Redshift developer guide, statement_timeout and "WLM query monitoring rules"; Data API, "Considerations": 24 hours at most.
  {
    kind: 'later',
    words: 'cancell?ed on user.s request|statement timeout|cancell?ed by wlm|monitoring rule|maximum (run|execution) time',
  },
  // Redshift developer guide, "Query troubleshooting": what there was not enough of.
  { kind: 'later', words: 'out of memory|insufficient memory|disk full|no space left' },
];

/** A pattern for the words of all refusals of a kind, in small letters. */
export const wordsOf = (kind: RefusalKind): string =>
  PASSING_REFUSALS.filter((refusal) => refusal.kind === kind)
    .map(({ words }) => words)
    .join('|');
