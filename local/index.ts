/*
 * Everything that other packages may use of this one; their tests may use `testing/` besides.
 *
 * Loading it costs next to nothing: the engines are loaded by the function that starts them.
 */
import type * as evaluation from './services/appsync/evaluate-code.ts';
import type * as appsync from './services/appsync/service.ts';
import type * as dynamodb from './services/dynamodb/service.ts';
import type * as kinesis from './services/kinesis/service.ts';
import type * as redshiftData from './services/redshift-data/service.ts';
import type * as redshift from './services/redshift/service.ts';
import type * as s3 from './services/s3/service.ts';
import type * as secretsManager from './services/secrets-manager/service.ts';

export {
  consumers,
  consumersCaughtUp,
  deliveries,
  NoStackError,
  outputsFileOf,
  outputsIn,
  readOutputs,
  spawnLocalStack,
  StackFailedError,
  startLocalStack,
} from './client.ts';
export type { DeliveryState, LocalStack } from './client.ts';
export { errorLine, exitCodeOf, nearest, readOptions, UsageError, wholeNumber } from './command-line.ts';
export { sign } from './http/signature-v4.ts';
export { ProgramMissingError } from './services/glue/programs.ts';
export { prepareSpark, SparkEnvironmentError } from './services/glue/spark-environment.ts';
export { synthesize } from './template/synthesis.ts';

export type { Outputs } from './outputs.ts';
export type { CodeToEvaluate } from './services/appsync/evaluate-code.ts';
export type { DataSourceDefinition, FunctionDefinition, ResolverDefinition } from './services/appsync/definition.ts';
export type { DynamoDbService } from './services/dynamodb/service.ts';
export type { KinesisService } from './services/kinesis/service.ts';
export type { RedshiftService, RedshiftSession, StatementOutcome } from './services/redshift/service.ts';
export type { S3Service } from './services/s3/service.ts';

/** One service alone, without a template. */
export const startApi: typeof appsync.startApi = async (...given) =>
  (await import('./services/appsync/service.ts')).startApi(...given);

export const startDynamoDb: typeof dynamodb.startDynamoDb = async (options) =>
  (await import('./services/dynamodb/service.ts')).startDynamoDb(options);

export const startKinesis: typeof kinesis.startKinesis = async (options) =>
  (await import('./services/kinesis/service.ts')).startKinesis(options);

export const startRedshift: typeof redshift.startRedshift = async (options) =>
  (await import('./services/redshift/service.ts')).startRedshift(options);

export const startRedshiftData: typeof redshiftData.startRedshiftData = async (options) =>
  (await import('./services/redshift-data/service.ts')).startRedshiftData(options);

export const startS3: typeof s3.startS3 = async (options) => (await import('./services/s3/service.ts')).startS3(options);

export const startSecretsManager: typeof secretsManager.startSecretsManager = async (...given) =>
  (await import('./services/secrets-manager/service.ts')).startSecretsManager(...given);

/** AppSync's EvaluateCode, without a server. */
export async function loadCodeEvaluator(): Promise<evaluation.CodeEvaluator> {
  const { CodeEvaluator } = await import('./services/appsync/evaluate-code.ts');
  return new CodeEvaluator();
}
