import { ServiceError } from '../../errors.ts';

/** A refusal of the Data API: its errors carry `Message`, with a capital. */
class DataApiError extends ServiceError {
  override toWire(): Record<string, unknown> {
    return { __type: this.code, Message: this.message, ...this.fields };
  }
}

/** What the caller wrote cannot be done. */
export const invalid = (message: string): ServiceError => new DataApiError('ValidationException', message);

/** There is nothing of this id, or not for this caller. @param id - of the statement or session */
export const notFound = (message: string, id: string): ServiceError =>
  new DataApiError('ResourceNotFoundException', message, 400, { fields: { ResourceId: id } });

/** There are too many of something at once. */
export const exceeded = (what: 'ActiveStatements' | 'ActiveSessions' | 'ActiveWaitingRequests', message: string): ServiceError =>
  new DataApiError(`${what}ExceededException`, message);

/** The database could not be reached for an operation that has no statement. */
export const noConnection = (message: string, cause: unknown): ServiceError =>
  new DataApiError('DatabaseConnectionException', message, 500, { cause });

/** Too many calls a second; the SDKs try again. */
export const throttled = (): ServiceError => new ServiceError('ThrottlingException', 'Rate exceeded');

// Texts that were seen on AWS: github.com/aws/aws-cdk/issues/30536, boto/boto3/issues/3336, apache/airflow/issues/40427,
// awslabs/mcp/issues/4587, pulumi/pulumi-aws/issues/2055, grafana/redshift-datasource, ballerinax/aws.redshiftdata.
export const TEXTS = {
  noSuchQuery: 'Query does not exist.',
  noResult: 'Query does not have result. Please check query status with DescribeStatement.',
  resultOfBatch: 'BatchExecuteStatement result can only be retrieved with sub-statement id.',
  noTarget: 'Either ClusterIdentifier or WorkgroupName needs to be specified.',
  noSuchTarget: "Redshift endpoint doesn't exist in this region.",
  sessionUnavailable: 'Session is not available',
  priorQueryFailed: 'Connection or an prior query failed.',
  invalidSession: (id: string) => `Session with Id: ${id} is invalid`,
  expiredResult: (atMs: number) =>
    `Could not retrieve the query result as it has expired after ${String(Math.floor(atMs / 1000))}.`,
  alreadyEnded: (status: string, id: string) => `Could not cancel a query that is already in ${status} state with ID: ${id}`,
  unusedParameters: (names: readonly string[]) =>
    `Parameters list contains unused parameters. Unused parameters: [${names.join(', ')}]`,
  tooManyStatements: (quota: number) => `Active statements exceeded the allowed quota (${String(quota)}).`,
} as const;
