import { join } from 'node:path';
import type { JobDefinition } from './definition.ts';

export interface SparkSurroundings {
  /** Of S3. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Memory of a worker. @unit MB @source Glue, "AWS Glue worker types" */
const WORKER_MEGABYTES: Readonly<Record<string, number>> = { 'G.025X': 4_096, 'G.1X': 16_384, 'G.2X': 32_768 };
/** What the one process of a local run may have: one machine runs all the rest too. @unit MB */
const MAX_MEGABYTES = 2_048;

/**
 * Most runs here are over before Java's second compiler has earned what it costs, so it waits twenty times as long as usual: 3,000 rows
 * take 14 processor seconds instead of 26, and 541,909 take 44 instead of 57. One collector thread is enough for two that work.
 */
const JAVA_OPTIONS = [
  '-XX:+UseSerialGC',
  '-XX:Tier4InvocationThreshold=100000',
  '-XX:Tier4MinInvocationThreshold=12000',
  '-XX:Tier4CompileThreshold=300000',
  '-XX:Tier4BackEdgeThreshold=800000',
].join(' ');

/**
 * Spark's settings for a run on this machine, in the form of `spark-defaults.conf`: two threads, S3 by S3A at the local address.
 *
 * @param directory - for what Spark spills
 * @param temporary - a directory that is there, for what Java and its libraries unpack: of a process that is killed it would stay elsewhere
 * @param jars - the directory of the S3 connector
 */
export function sparkSettings(
  { workerType }: JobDefinition,
  {
    directory,
    temporary,
    jars,
    surroundings: { endpoint, region, credentials },
  }: { readonly directory: string; readonly temporary: string; readonly jars: string; readonly surroundings: SparkSurroundings },
): string {
  const memory = Math.min(WORKER_MEGABYTES[workerType] ?? MAX_MEGABYTES, MAX_MEGABYTES);
  const s3a: Readonly<Record<string, string>> = {
    'access.key': credentials.accessKeyId,
    'secret.key': credentials.secretAccessKey,
    'aws.credentials.provider': 'org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider',
    endpoint,
    'endpoint.region': region,
    'path.style.access': 'true',
    'connection.ssl.enabled': 'false',
    'buffer.dir': join(directory, 's3a'),
  };
  const settings: Readonly<Record<string, string>> = {
    'spark.master': 'local[2]',
    'spark.driver.memory': `${String(memory)}m`,
    'spark.driver.host': '127.0.0.1',
    'spark.driver.bindAddress': '127.0.0.1',
    'spark.driver.extraClassPath': join(jars, '*'),
    'spark.local.dir': directory,
    'spark.sql.warehouse.dir': join(directory, 'warehouse'),
    'spark.driver.extraJavaOptions': `${JAVA_OPTIONS} "-Djava.io.tmpdir=${temporary}"`,
    'spark.ui.enabled': 'false',
    'spark.ui.showConsoleProgress': 'false',
    'spark.sql.session.timeZone': 'UTC',
    'spark.hadoop.fs.s3.impl': 'org.apache.hadoop.fs.s3a.S3AFileSystem',
    // A task's files are put into their place when it ends, not all at the end of the job: half the copies.
    'spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version': '2',
    ...Object.fromEntries(Object.entries(s3a).map(([name, value]) => [`spark.hadoop.fs.s3a.${name}`, value])),
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${value}\n`)
    .join('');
}

/** Warnings and worse, on standard error. */
export const logSettings = `rootLogger.level = warn
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n%ex
logger.native.name = org.apache.hadoop.util.NativeCodeLoader
logger.native.level = error
logger.statistics.name = org.apache.hadoop.fs.s3a.S3AInstrumentation
logger.statistics.level = error
logger.metrics.name = org.apache.hadoop.metrics2
logger.metrics.level = error
`;
