import { existsSync, statSync } from 'node:fs';
import type { JobDefinition } from './definition.ts';
import type { Properties } from '../../template/properties.ts';

/** What every job gets, whatever it asks for. */
const MACHINE = 'Spark runs on this machine, with what it has';

/** Arguments that Glue itself reads and that would change what a run does, with what to do instead. @source Glue, "Job parameters" */
const UNSUPPORTED_ARGUMENTS: Readonly<Record<string, string>> = {
  '--additional-python-modules': 'write them into requirements.txt beside the modules of --extra-py-files',
  '--conf': 'set it where the script makes its session',
  '--datalake-formats': 'read and write Parquet, CSV or JSON',
  '--enable-glue-datacatalog': "read by path: the local catalog is not Spark's",
  '--extra-files': 'put them beside the modules of --extra-py-files',
  '--extra-jars': 'do without them',
  '--python-modules-installer-option': 'write the modules into requirements.txt',
  '--scriptLocation': 'declare it as Command.ScriptLocation',
  '--user-jars-first': 'do without jars',
};
/** Arguments that must say what happens here anyway. */
const FIXED_ARGUMENTS: Readonly<Record<string, string>> = {
  '--job-language': 'python',
  '--job-bookmark-option': 'job-bookmark-disable',
};

/** @returns why the arguments cannot be obeyed here, beginning with the name of the first such one; undefined when they can */
export function refusedArgument(given: Readonly<Record<string, string>>): string | undefined {
  for (const [name, value] of Object.entries(given)) {
    const advice = UNSUPPORTED_ARGUMENTS[name];
    if (advice !== undefined) return `${name} is not supported locally: ${advice}`;
    const fixed = FIXED_ARGUMENTS[name];
    if (fixed !== undefined && fixed !== value) return `${name} ${value} is not supported locally: write ${fixed}`;
    if (!name.startsWith('--')) return `${name} is no name of an argument: write --${name}`;
  }
  return undefined;
}

/** `AWS::Glue::Job`: Spark in Python, its script an asset. */
export function readJob(properties: Properties, name: string, arn: string, assets: ReadonlyMap<string, string>): JobDefinition {
  properties.ignore({
    Name: 'read already',
    ExecutionClass: 'a price class',
    LogUri: 'logs are files in the data directory',
    MaintenanceWindow: 'nothing streams for days locally',
    NotificationProperty: 'nothing waits for a notice of delay locally',
    SecurityConfiguration: 'the data directory is as safe as the disk it is on',
    Tags: 'labels for the bill',
  });
  properties.requireValue('JobMode', 'SCRIPT', 'there is no editor');
  properties.requireValue('AllocatedCapacity', undefined, MACHINE);
  properties.requireValue('MaxCapacity', undefined, MACHINE);
  const connections = properties.optionalObject('Connections')?.strings('Connections') ?? [];
  if (connections.length > 0) properties.refuse('Connections', 'a local run is on the loopback already: leave them out');
  const command = properties.object('Command');
  command.choice('Name', ['glueetl']);
  command.requireValue('PythonVersion', '3', 'there is no other');
  command.requireValue('Runtime', undefined, 'for Ray only');
  const defaultArguments = readArguments(properties, 'DefaultArguments');
  const nonOverridableArguments = readArguments(properties, 'NonOverridableArguments');
  const files = (nonOverridableArguments[EXTRA_FILES] ?? defaultArguments[EXTRA_FILES] ?? '').split(',').filter(Boolean);
  const scriptLocation = command.string('ScriptLocation');
  const description = properties.optionalString('Description');
  return {
    name,
    arn,
    roleArn: roleArnOf(properties.string('Role'), arn),
    ...(description !== undefined && { description }),
    scriptLocation,
    script: assetAt(scriptLocation, assets, (why) => command.refuse('ScriptLocation', why)),
    pythonPath: files.map((file) => assetAt(file, assets, (why) => properties.refuse(`DefaultArguments.${EXTRA_FILES}`, why))),
    defaultArguments,
    nonOverridableArguments,
    glueVersion: properties.choice('GlueVersion', ['4.0', '5.0', '5.1']),
    workerType: properties.optionalString('WorkerType') ?? 'G.1X',
    numberOfWorkers: properties.wholeNumber('NumberOfWorkers', 1, 299, 10),
    timeoutMinutes: properties.wholeNumber('Timeout', 1, 10_080, 2_880),
    maxRetries: properties.wholeNumber('MaxRetries', 0, 10, 0),
    maxConcurrentRuns: properties.optionalObject('ExecutionProperty')?.wholeNumber('MaxConcurrentRuns', 1, 1_000, 1) ?? 1,
    queues: properties.optionalBoolean('JobRunQueuingEnabled') ?? false,
  };
}

const EXTRA_FILES = '--extra-py-files';

function readArguments(properties: Properties, name: string): Readonly<Record<string, string>> {
  const given = properties.map(name);
  const why = refusedArgument(given);
  return why === undefined ? given : properties.refuse(name, why);
}

/** A role by its ARN, or by its name, which Glue takes too. */
function roleArnOf(role: string, jobArn: string): string {
  const account = jobArn.split(':')[4] ?? '';
  return role.startsWith('arn:') ? role : `arn:aws:iam::${account}:role/${role}`;
}

/** @param location - `s3://<assets bucket>/<object key>` */
function assetAt(location: string, assets: ReadonlyMap<string, string>, refuse: (why: string) => never): string {
  const key = /^s3:\/\/[^/]+\/(.+)$/.exec(location.trim())?.[1];
  if (key === undefined) return refuse(`${location}: write s3://<assets bucket>/<key of an asset>`);
  const path = assets.get(key);
  if (path === undefined || !existsSync(path)) return refuse(`the assembly has no asset ${key}: synthesize the app again`);
  if (location.endsWith('.py') && statSync(path).isDirectory()) return refuse(`${path} is a directory: give a script`);
  return path;
}
