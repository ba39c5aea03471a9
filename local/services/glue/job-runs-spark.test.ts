import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { BatchStopJobRunCommand, GetJobRunCommand, GlueClient, StartJobRunCommand } from '@aws-sdk/client-glue';
import type { JobRun } from '@aws-sdk/client-glue';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Outputs } from '../../outputs.ts';
import { assemblyOf } from '../../testing/assemblies.ts';
import { start } from '../../testing/command.ts';
import { sparkIsMissing } from '../../testing/spark.ts';
import { newDirectory } from '../../testing/directories.ts';

const missing = await sparkIsMissing();
if (missing !== undefined) console.warn(`NOT TESTED: what a job does on real Spark with the local S3: ${missing}`);

/** Longest that a run may take on a busy machine. @unit ms */
const PATIENCE = 240_000;

const job = `
import json, os, sys, time
import boto3
import prices

options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
bucket = options["--bucket"]
key = "summary/" + options["--JOB_RUN_ID"] + ".json"
s3 = boto3.client("s3")
if options.get("--do") == "nothing":
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps({"options": options, "region": os.environ["AWS_REGION"]}))
    sys.exit(0)
if options.get("--do") == "fail":
    raise prices.NoSuchMonth("no such month: 13")

began = time.time()
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.config("spark.hadoop.fs.s3a.multipart.size", "5M").getOrCreate()
spark.range(1).count()
print("Spark answers after %.1f s" % (time.time() - began), flush=True)
if options.get("--do") == "wait":
    print("waiting", flush=True)
    spark.range(2).rdd.map(lambda number: time.sleep(600)).collect()
lines = spark.read.option("header", True).csv(f"s3://{bucket}/bulk/lines of may.csv.gz")
typed = lines.select("line", "month", F.udf(prices.mills)("price").cast("long").alias("mills"))
for _ in range(2):
    typed.write.mode("overwrite").partitionBy("month").parquet(f"s3://{bucket}/curated/lines/")
curated = spark.read.parquet(f"s3://{bucket}/curated/lines/")
# Larger than one part of an upload.
wide = spark.range(200_000).select("id", F.sha2(F.col("id").cast("string"), 256).alias("text"))
wide.coalesce(1).write.mode("overwrite").csv(f"s3://{bucket}/wide/")
again = spark.read.csv(f"s3://{bucket}/wide/").agg(F.count("*"), F.sum(F.length("_c1"))).first()
path = spark._jvm.org.apache.hadoop.fs.Path
files = path(f"s3://{bucket}/").getFileSystem(spark._jsc.hadoopConfiguration())
assert files.mkdirs(path(f"s3://{bucket}/made/inner"))
assert files.getFileStatus(path(f"s3://{bucket}/made")).isDirectory()
assert files.rename(path(f"s3://{bucket}/wide"), path(f"s3://{bucket}/made/wide"))
moved = spark.read.csv(f"s3://{bucket}/made/wide/").count()
assert files.delete(path(f"s3://{bucket}/made"), True)
s3.put_object(Bucket=bucket, Key=key, Body=json.dumps({
    "months": sorted([row.month, row["count"], row.mills] for row in
                     curated.groupBy("month").agg(F.count("*").alias("count"), F.sum("mills").alias("mills")).collect()),
    "wide": [*again, moved],
    "left": files.exists(path(f"s3://{bucket}/made")),
}))
`;
const modules = {
  'prices.py':
    'class NoSuchMonth(Exception):\n    pass\n\ndef mills(price):\n    pounds, pence = price.split(".")\n    return int(pounds) * 1000 + int(pence.ljust(3, "0"))\n',
  'requirements.txt': readFileSync(join(import.meta.dirname, '../../../ingest/glue/requirements.txt'), 'utf8'),
};
/** Appends the events that it gets to a file. */
const listener = `
  import { appendFileSync } from 'node:fs';
  export const handler = async (event) => appendFileSync(process.env.FILE, JSON.stringify([event.detail, process.env.AWS_ENDPOINT_URL_GLUE]) + '\\n');`;

function assembly(file: string): string {
  const directory = assemblyOf(
    {
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'lake' } },
      Role: { Type: 'AWS::IAM::Role' },
      Job: {
        Type: 'AWS::Glue::Job',
        Properties: {
          Name: 'import',
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Command: { Name: 'glueetl', PythonVersion: '3', ScriptLocation: { 'Fn::Sub': 's3://assets-${AWS::AccountId}/job.js' } },
          GlueVersion: '5.1',
          WorkerType: 'G.1X',
          NumberOfWorkers: 2,
          ExecutionProperty: { MaxConcurrentRuns: 1 },
          JobRunQueuingEnabled: true,
          Timeout: 10,
          DefaultArguments: {
            '--job-language': 'python',
            '--extra-py-files': { 'Fn::Sub': 's3://assets-${AWS::AccountId}/modules.zip' },
            '--bucket': { Ref: 'Bucket' },
            '--do': 'everything',
          },
        },
      },
      Listener: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: { S3Bucket: 'assets', S3Key: 'listener.zip' },
          Environment: { Variables: { FILE: file } },
          Handler: 'index.handler',
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Runtime: 'nodejs24.x',
        },
      },
      Ended: {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: {
            source: ['aws.glue'],
            'detail-type': ['Glue Job State Change'],
            detail: { jobName: [{ Ref: 'Job' }], state: ['SUCCEEDED', 'FAILED', 'STOPPED'] },
          },
          Targets: [{ Arn: { 'Fn::GetAtt': ['Listener', 'Arn'] }, Id: 'Target0' }],
        },
      },
    },
    {},
    { job, modules, listener: { 'index.mjs': listener } },
  );
  return directory;
}

function clientsOf({ endpoints, credentials, region }: Outputs) {
  const glue = new GlueClient({ endpoint: endpoints['glue'] ?? '', credentials, region, maxAttempts: 1 });
  const s3 = new S3Client({ endpoint: endpoints['s3'] ?? '', credentials, region, forcePathStyle: true });
  onTestFinished(() => {
    glue.destroy();
    s3.destroy();
  });
  const begin = async (Arguments: Record<string, string>): Promise<string> =>
    (await glue.send(new StartJobRunCommand({ JobName: 'import', Arguments }))).JobRunId ?? '';
  const runOf = async (RunId: string): Promise<JobRun> =>
    (await glue.send(new GetJobRunCommand({ JobName: 'import', RunId }))).JobRun ?? {};
  const ended = async (id: string): Promise<JobRun> =>
    vi.waitFor(
      async () => {
        const run = await runOf(id);
        expect(['SUCCEEDED', 'FAILED', 'STOPPED', 'TIMEOUT']).toContain(run.JobRunState);
        return run;
      },
      { timeout: PATIENCE, interval: 250 },
    );
  const summaryOf = async (id: string): Promise<unknown> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'lake', Key: `summary/${id}.json` }));
    return JSON.parse((await Body?.transformToString()) ?? '');
  };
  return { glue, s3, begin, runOf, ended, summaryOf };
}

/** Processes that know the directory by their environment. */
function processesOf(directory: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return Number.isSafeInteger(pid) && readFileSync(`/proc/${String(pid)}/environ`, 'latin1').includes(directory);
      } catch {
        return false;
      }
    });
}

const lines = Array.from({ length: 900 }, (_, index) => `${String(index)},2011-0${String(1 + (index % 3))},${String(index)}.5`);
const compressed = gzipSync(['line,month,price', ...lines].join('\n'));

test.skipIf(missing !== undefined)(
  'a job of the template runs on real Spark with the local S3, and its end is an event',
  async () => {
    const file = join(newDirectory('events'), 'events.txt');
    const data = join(newDirectory('data'), 'data');
    const stack = start('--assembly', assembly(file), '--data', data, '--port', '0');
    const outputs = await stack.ready;
    const { s3, glue, begin, ended, summaryOf } = clientsOf(outputs);
    await s3.send(new PutObjectCommand({ Bucket: 'lake', Key: 'bulk/lines of may.csv.gz', Body: compressed }));

    const whole = await begin({});
    const failing = await begin({ '--do': 'fail' });
    const runs = [await ended(whole), await ended(failing)];

    expect(runs[0]).toMatchObject({ JobRunState: 'SUCCEEDED', Attempt: 0 });
    const log = readFileSync(join(data, 'logs', 'import', `${whole}.log`), 'utf8');
    console.log(`a run of ${String(runs[0]?.ExecutionTime)} s; ${/^Spark answers.*$/m.exec(log)?.[0] ?? ''}`);
    expect(await summaryOf(whole)).toEqual({
      months: [1, 2, 3].map((month) => [`2011-0${String(month)}`, 300, sumOfMills(month)]),
      wide: [200_000, 200_000 * 64, 200_000],
      left: false,
    });
    // What stands where the job wrote: Parquet files and the mark of a whole job, no attempts.
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix: 'curated/' }));
    const places = Contents.map(({ Key = '' }) => Key.replace(/part-.*\.snappy\.parquet$/, 'part'));
    expect([...new Set(places)]).toEqual([
      'curated/lines/_SUCCESS',
      ...[1, 2, 3].map((month) => `curated/lines/month=2011-0${String(month)}/part`),
    ]);
    expect(runs[1]?.JobRunState).toBe('FAILED');
    expect(runs[1]?.ErrorMessage).toBe('prices.NoSuchMonth: no such month: 13');
    await vi.waitFor(() => expect(eventsIn(file)).toHaveLength(2));
    expect(eventsIn(file)).toEqual([
      [expect.objectContaining({ jobName: 'import', jobRunId: whole, state: 'SUCCEEDED', severity: 'INFO' }), glueOf(outputs)],
      [
        expect.objectContaining({ jobRunId: failing, state: 'FAILED', severity: 'ERROR', message: runs[1]?.ErrorMessage }),
        glueOf(outputs),
      ],
    ]);

    const short = await begin({ '--do': 'nothing', '--again': 'yes' });
    await ended(short);
    expect(await summaryOf(short)).toEqual({
      region: 'us-east-1',
      options: {
        '--job-language': 'python',
        '--extra-py-files': 's3://assets-000000000000/modules.zip',
        '--bucket': 'lake',
        '--do': 'nothing',
        '--again': 'yes',
        '--JOB_NAME': 'import',
        '--JOB_ID': expect.stringMatching(/^j_[0-9a-f]{64}$/) as string,
        '--JOB_RUN_ID': short,
      },
    });

    const stopped = await begin({ '--do': 'wait' });
    await waiting(data, stopped);
    await glue.send(new BatchStopJobRunCommand({ JobName: 'import', JobRunIds: [stopped] }));
    expect(await ended(stopped)).toMatchObject({ JobRunState: 'STOPPED' });
    expect(processesOf(join(data, 'glue'))).toEqual([]);
    expect(await stack.end('SIGTERM')).toBe(0);
  },
  2 * PATIENCE,
);

test.skipIf(missing !== undefined)(
  'a killed stack leaves no process of a run, which has failed at the next start',
  async () => {
    const data = join(newDirectory('data'), 'data');
    const flags = ['--assembly', assembly('/dev/null'), '--data', data, '--port', '0'];
    const first = start(...flags);
    const before = clientsOf(await first.ready);
    const killed = await before.begin({ '--do': 'wait' });
    const queued = await before.begin({ '--do': 'nothing' });
    await waiting(data, killed);

    await first.end('SIGKILL');
    await vi.waitFor(() => expect(processesOf(join(data, 'glue'))).toEqual([]), 10_000);
    const second = start(...flags);
    const after = clientsOf(await second.ready);
    const failed = await after.runOf(killed);
    const begun = await after.ended(queued);

    expect(failed).toMatchObject({ JobRunState: 'FAILED', ErrorMessage: expect.stringContaining('The stack ended') as string });
    expect(begun).toMatchObject({ JobRunState: 'SUCCEEDED' });
    expect(await second.end('SIGTERM')).toBe(0);
  },
  2 * PATIENCE,
);

/** Resolves when the run is in the middle of its work, Python's workers too. */
async function waiting(data: string, id: string): Promise<void> {
  const log = join(data, 'logs', 'import', `${id}.log`);
  await vi.waitFor(
    () => {
      expect(existsSync(log) ? readFileSync(log, 'utf8') : '').toMatch(/^(waiting|Traceback)/m);
    },
    { timeout: PATIENCE, interval: 250 },
  );
  expect(readFileSync(log, 'utf8')).not.toContain('Traceback');
  await vi.waitFor(() => {
    const commands = processesOf(join(data, 'glue')).map((pid) => readFileSync(`/proc/${String(pid)}/cmdline`, 'latin1'));
    expect(commands.filter((command) => command.includes('pyspark.daemon')).length).toBeGreaterThan(1);
  }, 60_000);
}

function sumOfMills(month: number): number {
  return lines
    .filter((line) => line.includes(`2011-0${String(month)}`))
    .reduce((sum, line) => sum + Number(line.split(',')[2]) * 1000, 0);
}

function eventsIn(file: string): unknown[] {
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown)
    : [];
}

const glueOf = ({ endpoints }: Outputs): string => endpoints['glue'] ?? '';
